-- The result, by day, kind, plugin, version and, of loads, how long they took.
SELECT
  day::VARCHAR AS day,
  kind,
  name,
  version,
  ci,
  bucket,
  sum(clients)::DOUBLE AS count
FROM
  subtotal
  JOIN release ON release.id = subtotal.release
GROUP BY ALL
ORDER BY ALL;
