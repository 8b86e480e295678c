-- The result, by day, kind, plugin and version.
SELECT
  day::VARCHAR AS day,
  kind,
  name,
  version,
  ci,
  sum(clients)::DOUBLE AS count
FROM
  subtotal
  JOIN release ON release.id = subtotal.release
GROUP BY ALL
ORDER BY ALL;
