-- How many clients, each once in its hour or day, of the part that the variable `part` names of all `parts`. The clients of
-- one part fit into memory; counting all at once would need as much of it as there are clients. Of several loads within an
-- hour the slowest is the one that counts: whichever line comes first, it is the same.
INSERT INTO
  subtotal
SELECT
  day,
  kind,
  release,
  ci,
  bucket,
  count(*)
FROM
  (
    SELECT
      day,
      span,
      kind,
      release,
      ci,
      client,
      max(bucket) AS bucket
    FROM
      seen
    WHERE
      verdict = 'counted'
      AND release IS NOT NULL
      AND client % getvariable('parts')::UBIGINT = getvariable('part')::UBIGINT
    GROUP BY ALL
  )
GROUP BY ALL;
