-- What became of the lines.
SELECT
  verdict,
  count(*)::DOUBLE AS lines,
  count(*) FILTER (ci)::DOUBLE AS ci
FROM
  seen
GROUP BY ALL
ORDER BY ALL;
