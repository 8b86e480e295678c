-- The terms that most clients looked for, by day: as many of each kind as the variable `most_terms` says.
SELECT
  kind,
  terms,
  day::VARCHAR AS day,
  clients::DOUBLE AS count
FROM
  sought
  JOIN (
    SELECT
      kind,
      terms
    FROM
      sought
    GROUP BY
      kind,
      terms
    QUALIFY
      row_number() OVER (PARTITION BY kind ORDER BY sum(clients) DESC, terms) <= getvariable('most_terms')::INTEGER
  ) USING (kind, terms)
ORDER BY ALL;
