-- How many clients, each once in its hour or day, of the part that the variable `part` names of all `parts`. The clients of
-- one part fit into memory; counting all at once would need as much of it as there are clients.
INSERT INTO
  subtotal
SELECT
  day,
  kind,
  release,
  ci,
  count(*)
FROM
  (
    SELECT DISTINCT
      day,
      span,
      kind,
      release,
      ci,
      client
    FROM
      seen
    WHERE
      verdict = 'counted'
      AND client % getvariable('parts')::UBIGINT = getvariable('part')::UBIGINT
  )
GROUP BY ALL;
