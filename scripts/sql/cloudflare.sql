-- Cloudflare's Logpush, HTTP requests. `EdgeStartTimestamp` is RFC 3339, or seconds or nanoseconds since 1970.
CREATE OR REPLACE TEMP VIEW request AS
SELECT
  line,
  timezone(
    'UTC',
    coalesce(
      TRY(to_timestamp(TRY_CAST(field[1] AS DOUBLE) / CASE WHEN length(field[1]) > 15 THEN 1e9 ELSE 1 END)),
      TRY_CAST(field[1] AS TIMESTAMPTZ)
    )
  ) AS time,
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
          [
            '$.EdgeStartTimestamp',
            '$.ClientRequestMethod',
            '$.ClientRequestURI',
            '$.EdgeResponseStatus',
            '$.ClientIP',
            '$.ClientRequestUserAgent'
          ]
        )
      ) AS field
    FROM
      lines
  );
