-- Caddy's JSON. `ts` is seconds since 1970 unless the encoder was told otherwise.
CREATE OR REPLACE TEMP VIEW request AS
SELECT
  line,
  timezone('UTC', coalesce(TRY(to_timestamp(TRY_CAST(field[1] AS DOUBLE))), TRY_CAST(field[1] AS TIMESTAMPTZ))) AS time,
  field[2] AS method,
  field[3] AS target,
  TRY_CAST(field[4] AS SMALLINT) AS status,
  coalesce(field[5], field[6]) AS client,
  field[7] AS agent
FROM
  (
    SELECT
      line,
      TRY(
        json_extract_string(
          line,
          [
            '$.ts',
            '$.request.method',
            '$.request.uri',
            '$.status',
            '$.request.client_ip',
            '$.request.remote_ip',
            '$.request.headers."User-Agent"[0]'
          ]
        )
      ) AS field
    FROM
      lines
  );
