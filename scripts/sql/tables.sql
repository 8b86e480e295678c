-- What the other queries work on. The program fills all but `seen`.

-- Every version of the index.
CREATE TABLE release (id INTEGER, name VARCHAR, version VARCHAR);

-- Every address that counts: of an archive with its version, of an event with its kind alone.
CREATE TABLE address (path VARCHAR, kind VARCHAR, release INTEGER);

-- How each kind is counted: once an hour or once a day for each client, and with which answers.
CREATE TABLE kind (kind VARCHAR, per VARCHAR, status SMALLINT);

-- Days that were counted before. They stay as they are.
CREATE TABLE done (day DATE);

-- A row for each line. `client` is a hash with a salt that nobody keeps; neither address nor user agent is written anywhere.
-- `span` is the hour of the day, for what counts once an hour.
CREATE TABLE seen (
  verdict VARCHAR,
  day DATE,
  span TINYINT,
  kind VARCHAR,
  release INTEGER,
  ci BOOLEAN,
  client UBIGINT
);

-- What counts of a part of all clients. A client is in one part only.
CREATE TABLE subtotal (day DATE, kind VARCHAR, release INTEGER, ci BOOLEAN, clients BIGINT);
