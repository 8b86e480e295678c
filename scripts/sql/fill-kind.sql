INSERT INTO
  kind
SELECT
  unnest($1),
  unnest($2),
  unnest($3)::SMALLINT,
  unnest($4);
