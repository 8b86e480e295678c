-- nginx with `escape=json` and keys named as its variables are: docs/guides/statistics.md has the line for the server.
CREATE OR REPLACE TEMP VIEW request AS
SELECT
  line,
  timezone('UTC', TRY_CAST(field[1] AS TIMESTAMPTZ)) AS time,
  field[2] AS method,
  field[3] AS target,
  TRY_CAST(field[4] AS SMALLINT) AS status,
  field[5] AS client,
  field[6] AS agent
FROM
  (
    SELECT
      line,
      TRY(
        json_extract_string(
          line,
          ['$.time_iso8601', '$.request_method', '$.request_uri', '$.status', '$.remote_addr', '$.http_user_agent']
        )
      ) AS field
    FROM
      lines
  );
