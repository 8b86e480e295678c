-- What at least `least_clients` different clients looked for, over all the days of this run: of the part of all terms that
-- the variable `part` names. However many terms somebody makes up, those of one part are all that is held at once, and what
-- fewer clients looked for goes no further than here.
INSERT INTO
  sought
WITH
  told AS (
    SELECT DISTINCT
      kind,
      terms,
      day,
      client
    FROM
      seen
    WHERE
      verdict = 'counted'
      AND terms IS NOT NULL
      AND NOT ci
      AND hash(getvariable('salt') || terms) % getvariable('parts')::UBIGINT = getvariable('part')::UBIGINT
  ),
  enough AS (
    SELECT
      kind,
      terms
    FROM
      told
    GROUP BY ALL
    HAVING
      count(DISTINCT client) >= getvariable('least_clients')::INTEGER
  )
SELECT
  kind,
  terms,
  day,
  count(*)
FROM
  told
  JOIN enough USING (kind, terms)
GROUP BY ALL;
