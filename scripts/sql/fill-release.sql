INSERT INTO
  release
SELECT
  unnest($1)::INTEGER,
  unnest($2),
  unnest($3);
