INSERT INTO
  done
SELECT
  unnest($1)::DATE;
