-- CloudFront's standard logs: fields between tabs, in the order of the variable `fields`, which the file's own line
-- `#Fields:` says. Addresses are percent-encoded once more than they were sent, user agents once or twice.
CREATE OR REPLACE TEMP VIEW request AS
SELECT
  line,
  try_strptime(
    field[list_position(getvariable('fields'), 'date')] || ' ' || field[list_position(getvariable('fields'), 'time')],
    '%Y-%m-%d %H:%M:%S'
  ) AS time,
  field[list_position(getvariable('fields'), 'cs-method')] AS method,
  TRY(url_decode(field[list_position(getvariable('fields'), 'cs-uri-stem')])) || '?' || coalesce(
    TRY(url_decode(field[list_position(getvariable('fields'), 'cs-uri-query')])),
    ''
  ) AS target,
  TRY_CAST(field[list_position(getvariable('fields'), 'sc-status')] AS SMALLINT) AS status,
  field[list_position(getvariable('fields'), 'c-ip')] AS client,
  TRY(url_decode(url_decode(field[list_position(getvariable('fields'), 'cs(User-Agent)')]))) AS agent
FROM
  (
    SELECT
      line,
      string_split(line, chr(9)) AS field
    FROM
      lines
  );
