-- The lines of the logs in the variable `files`. Latin-1, because every byte is a letter in it: what counts is ASCII, and
-- nothing a stranger sends can make a line unreadable. A line that names nothing that counts is NULL from here on.
CREATE OR REPLACE TEMP VIEW lines AS
SELECT
  CASE
    WHEN contains(line, '/download') OR contains(line, '.tgz') OR contains(line, '/t/v1/') THEN line
  END AS line
FROM
  read_csv(
    getvariable('files'),
    columns = {'line': 'VARCHAR'},
    auto_detect = false,
    header = false,
    delim = '',
    quote = '',
    escape = '',
    encoding = 'latin-1',
    strict_mode = false,
    max_line_size = 65536,
    store_rejects = true,
    rejects_limit = 100000
  );
