-- Lines that were too long to be read.
SELECT
  count(*)::DOUBLE AS lines
FROM
  reject_errors;
