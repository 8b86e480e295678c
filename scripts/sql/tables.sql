-- What the other queries work on. The program fills all but `seen`.

-- Every version of the index.
CREATE TABLE release (id INTEGER, name VARCHAR, version VARCHAR);

-- Every address that counts: of an archive with its version, of an event with its kind alone.
CREATE TABLE address (path VARCHAR, kind VARCHAR, release INTEGER);

-- How each kind is counted: once an hour or once a day for each client, with which answers, and what it tells something
-- about: a `release`, or the `terms` of a search.
CREATE TABLE kind (kind VARCHAR, per VARCHAR, status SMALLINT, about VARCHAR);

-- Days that were counted before. They stay as they are.
CREATE TABLE done (day DATE);

-- A row for each line. `client` is a hash with a salt that nobody keeps; neither address nor user agent is written anywhere.
-- `span` is the hour of the day, for what counts once an hour; `bucket` is how long a plugin took to load, in milliseconds
-- at most. Of a search there are its terms and no release.
CREATE TABLE seen (
  verdict VARCHAR,
  day DATE,
  span TINYINT,
  kind VARCHAR,
  release INTEGER,
  ci BOOLEAN,
  client UBIGINT,
  bucket INTEGER,
  terms VARCHAR
);

-- What counts of a part of all clients. A client is in one part only.
CREATE TABLE subtotal (day DATE, kind VARCHAR, release INTEGER, ci BOOLEAN, bucket INTEGER, clients BIGINT);

-- What enough clients looked for, and how many of them on each day.
CREATE TABLE sought (kind VARCHAR, terms VARCHAR, day DATE, clients BIGINT);
