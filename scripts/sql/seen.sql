-- From requests to verdicts on lines: the first reason that applies. Line by line, so that no log is too large.
INSERT INTO
  seen
WITH
  asked AS (
    SELECT
      *,
      TRY(url_decode(split_part(target, '?', 1))) AS path,
      TRY(url_decode(regexp_extract(target, '[?&]p=([^&]*)', 1))) AS told_name,
      TRY(url_decode(regexp_extract(target, '[?&]v=([^&]*)', 1))) AS told_version,
      nullif(nullif(agent, '-'), '') AS named_agent,
      nullif(nullif(client, '-'), '') AS named_client,
      TRY_CAST(time AS DATE) AS day
    FROM
      request
  ),
  matched AS (
    SELECT
      asked.*,
      address.kind,
      coalesce(address.release, release.id) AS release,
      rule.per,
      rule.about,
      rule.statuses,
      CASE
        WHEN address.kind = 'load' THEN regexp_extract(target, '[?&]ms=([^&]*)', 1)
      END AS told_bucket,
      -- 40 letters take no more than this, percent-encoded; what is longer is not decoded.
      CASE
        WHEN rule.about = 'terms' THEN TRY(
          url_decode(replace(regexp_extract(target, '[?&]q=([^&]{1,360})(?:&|$)', 1), '+', ' '))
        )
      END AS told_terms,
      CASE
        WHEN rule.about = 'terms' THEN regexp_replace(lower(client), '^::ffff:', '')
      END AS plain_address
    FROM
      asked
      LEFT JOIN address ON address.path = asked.path
      LEFT JOIN release ON release.name = asked.told_name AND release.version = asked.told_version
      LEFT JOIN (
        SELECT kind, any_value(per) AS per, any_value(about) AS about, list(status) AS statuses FROM kind GROUP BY kind
      ) AS rule ON rule.kind = address.kind
  ),
  judged AS (
    SELECT
      *,
      CASE
        WHEN line IS NULL THEN 'other'
        WHEN day IS NULL OR day < DATE '2020-01-01' OR method IS NULL OR target IS NULL OR status IS NULL THEN 'broken'
        WHEN kind IS NULL OR (about = 'release' AND release IS NULL) THEN 'other'
        -- Without an address nobody knows that others looked for the same.
        WHEN about = 'terms' AND named_client IS NULL THEN 'other'
        WHEN about = 'terms' AND NOT coalesce(regexp_matches(told_terms, '^[\pL\pM\pN @/-]{1,40}$'), false) THEN 'other'
        WHEN method <> 'GET' THEN 'method'
        WHEN NOT list_contains(statuses, status) THEN 'status'
        WHEN named_agent IS NULL OR regexp_matches(lower(named_agent), getvariable('bots')) THEN 'bot'
        WHEN day > getvariable('final_through')::DATE THEN 'open'
        WHEN day IN (SELECT day FROM done) THEN 'done'
        ELSE 'counted'
      END AS verdict
    FROM
      matched
  )
SELECT
  verdict,
  CASE WHEN verdict = 'counted' THEN day END AS day,
  CASE WHEN verdict = 'counted' AND per = 'hour' THEN hour(time)::TINYINT END AS span,
  CASE WHEN verdict = 'counted' THEN kind END AS kind,
  CASE WHEN verdict = 'counted' AND about = 'release' THEN release END AS release,
  CASE WHEN verdict = 'counted' THEN regexp_matches(lower(named_agent), getvariable('ci')) END AS ci,
  -- Where the server logs no addresses, nobody can be told apart: then only the same line twice is a repetition. Who looks
  -- for something is an address alone, over all days, and of IPv6 a network: neither another name nor another address of
  -- the same network makes another client.
  CASE
    WHEN verdict <> 'counted' THEN NULL
    WHEN about = 'terms' THEN hash(
      sha256(
        getvariable('salt') || CASE
          WHEN contains(plain_address, ':') THEN regexp_extract(split_part(plain_address, '::', 1), '^(?:[^:]*:){0,3}[^:]*')
          ELSE plain_address
        END
      )
    )
    ELSE hash(sha256(getvariable('salt') || day::VARCHAR || coalesce(named_client || chr(9) || named_agent, line)))
  END AS client,
  CASE
    WHEN verdict = 'counted' AND list_contains(getvariable('buckets'), told_bucket) THEN told_bucket::INTEGER
  END AS bucket,
  CASE WHEN verdict = 'counted' AND about = 'terms' THEN told_terms END AS terms
FROM
  judged;
