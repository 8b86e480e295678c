-- Three lists of one length. Of an event the version is empty.
INSERT INTO
  address
SELECT
  unnest($1),
  unnest($2),
  nullif(unnest($3), '')::INTEGER;
