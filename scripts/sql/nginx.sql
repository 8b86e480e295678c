-- nginx and Apache, format `combined`:
-- 192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "GET /path?query HTTP/1.1" 200 512 "-" "npm/10.2.4"
-- The server writes quotes inside of a field as \x22 or \", so that none of them ends it.
CREATE OR REPLACE TEMP VIEW request AS
SELECT
  line,
  timezone('UTC', try_strptime(field.time, '%d/%b/%Y:%H:%M:%S %z')) AS time,
  nullif(field.method, '') AS method,
  nullif(field.target, '') AS target,
  TRY_CAST(field.status AS SMALLINT) AS status,
  nullif(field.client, '') AS client,
  nullif(field.agent, '') AS agent
FROM
  (
    SELECT
      line,
      regexp_extract(
        line,
        '^(\S+) \S+ [^\[]*\[([^\]]+)\] "([A-Z]+) (\S+)(?: [^"]*)?" (\d{3}) \S+ "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"',
        ['client', 'time', 'method', 'target', 'status', 'agent']
      ) AS field
    FROM
      lines
  );
