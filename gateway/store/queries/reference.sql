-- name: reference_versions_after
-- Versions that a process has not seen yet; imports are serialised, so numbers appear in order.
SELECT version, kind, area, scheme, effective_at
FROM reference_version
WHERE version > $1::bigint
ORDER BY version;

-- name: reference_instant
-- The database's clock.
SELECT clock_timestamp() AS instant;

-- name: reference_patience
-- Lets one database transaction read for up to two minutes a statement: a big catalog is sorted before its first row.
SELECT set_config('statement_timeout', '120s', true);

-- name: reference_providers
-- Providers of one version.
SELECT code, name, kind, area, scheme, dialect, dialect_version, profile, token_sha256
FROM provider
WHERE version = $1::bigint
ORDER BY code;

-- name: reference_agreements
-- Agreement spells of one version's providers.
SELECT provider_code, valid_from, valid_to, level, agreement_no, state, suspended_departments
FROM agreement
WHERE version = $1::bigint
ORDER BY provider_code, valid_from;

-- name: reference_catalog
-- Codes of version $1 whose rows are not those of version $2 (0: none), with their rows as a JSON list; NULL: gone.
SELECT code, fresh.rows
FROM (SELECT code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM catalog_item WHERE version = $1::bigint GROUP BY code) AS fresh
FULL JOIN
     (SELECT code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM catalog_item WHERE version = $2::bigint GROUP BY code) AS held
USING (code)
WHERE fresh.rows IS DISTINCT FROM held.rows;

-- name: reference_matches
-- Local codes of version $1 whose rows are not those of version $2 (0: none), as reference_catalog has it.
WITH said AS NOT MATERIALIZED (
    SELECT version, provider_code, local_code, valid_from, json_build_object(
        'area', area, 'scheme', scheme, 'provider_code', provider_code, 'local_code', local_code,
        'catalog_code', catalog_code, 'state', state, 'valid_from', valid_from, 'valid_to', valid_to)::text AS content
    FROM catalog_match)
SELECT provider_code, local_code, fresh.rows
FROM (SELECT provider_code, local_code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM said WHERE version = $1::bigint GROUP BY provider_code, local_code) AS fresh
FULL JOIN
     (SELECT provider_code, local_code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM said WHERE version = $2::bigint GROUP BY provider_code, local_code) AS held
USING (provider_code, local_code)
WHERE fresh.rows IS DISTINCT FROM held.rows;

-- name: reference_catalog_keys
-- How many codes a version has.
SELECT count(*) FROM (SELECT DISTINCT code FROM catalog_item WHERE version = $1::bigint) AS code;

-- name: reference_matches_keys
-- How many local codes of providers a version has.
SELECT count(*)
FROM (SELECT DISTINCT provider_code, local_code FROM catalog_match WHERE version = $1::bigint) AS local_code;

-- name: reference_limits
-- Codes of version $1 whose limits are not those of version $2 (0: none), as reference_catalog has it.
SELECT code, fresh.rows
FROM (SELECT code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM item_limit WHERE version = $1::bigint GROUP BY code) AS fresh
FULL JOIN
     (SELECT code, '[' || string_agg(content, ',' ORDER BY valid_from) || ']' AS rows
      FROM item_limit WHERE version = $2::bigint GROUP BY code) AS held
USING (code)
WHERE fresh.rows IS DISTINCT FROM held.rows;

-- name: reference_pairs
-- Codes of version $1 whose pairs are not those of version $2 (0: none); each pair stands under both of its codes.
WITH said AS NOT MATERIALIZED (
    SELECT version, side.code, content
    FROM item_pair, LATERAL (VALUES (main_code), (sub_code)) AS side (code))
SELECT code, fresh.rows
FROM (SELECT code, '[' || string_agg(content, ',' ORDER BY content) || ']' AS rows
      FROM said WHERE version = $1::bigint GROUP BY code) AS fresh
FULL JOIN
     (SELECT code, '[' || string_agg(content, ',' ORDER BY content) || ']' AS rows
      FROM said WHERE version = $2::bigint GROUP BY code) AS held
USING (code)
WHERE fresh.rows IS DISTINCT FROM held.rows;

-- name: reference_limits_keys
-- How many codes a version has limits of.
SELECT count(*) FROM (SELECT DISTINCT code FROM item_limit WHERE version = $1::bigint) AS code;

-- name: reference_pairs_keys
-- How many codes stand in a version's pairs.
SELECT count(*)
FROM (SELECT main_code FROM item_pair WHERE version = $1::bigint
      UNION
      SELECT sub_code FROM item_pair WHERE version = $1::bigint) AS code;

-- name: reference_policy
-- Policy rows of one version.
SELECT content
FROM policy
WHERE version = $1::bigint
ORDER BY valid_from;

-- name: import_lock
-- One import at a time, so that version numbers are committed in their order.
SELECT pg_advisory_xact_lock(7308324466020413);

-- name: import_instant
-- The instant of the import's database transaction.
SELECT now() AS instant;

-- name: import_newest
-- The newest version of each kind, area and scheme.
SELECT DISTINCT ON (kind, area, scheme) version, kind, area, scheme, effective_at, sha256
FROM reference_version
WHERE kind = $1::text
ORDER BY kind, area, scheme, version DESC;

-- name: import_version
-- A new version of a kind for one area and scheme.
INSERT INTO reference_version (kind, area, scheme, effective_at, imported_at, row_count, sha256)
VALUES ($1::text, $2::text, $3::text, $4::timestamptz, now(), $5::int, $6::text)
RETURNING version;

-- name: matches_of_version
-- The rows of a version of the matches.
SELECT area, scheme, provider_code, local_code, catalog_code, state, valid_from, valid_to
FROM catalog_match
WHERE version = $1::bigint;

-- name: match_filings_numbered
-- The filings of these numbers.
SELECT *
FROM match_filing
WHERE filing_no = ANY($1::text[])
ORDER BY provider_code, filed_at, filing_no;

-- name: match_filings_listed
-- Filings of a provider and a state where these are named, the oldest first; with the name of the catalog code, and what
-- the newest version of the matches, announced ones too, has for the local code.
SELECT f.*,
       (SELECT c.content::json ->> 'name' FROM catalog_item AS c
        WHERE c.code = f.catalog_code
          AND c.version = (SELECT max(v.version) FROM reference_version AS v
                           WHERE v.kind = 'catalog' AND v.area = f.area AND v.scheme = f.scheme)
        ORDER BY c.valid_from DESC LIMIT 1) AS catalog_name,
       (SELECT coalesce(json_agg(json_build_object('catalog_code', m.catalog_code, 'valid_from', m.valid_from,
                                                   'valid_to', m.valid_to, 'state', m.state) ORDER BY m.valid_from), '[]')
        FROM catalog_match AS m
        WHERE m.provider_code = f.provider_code AND m.local_code = f.local_code
          AND m.version = (SELECT max(v.version) FROM reference_version AS v
                           WHERE v.kind = 'matches' AND v.area = f.area AND v.scheme = f.scheme))::text AS stands
FROM match_filing AS f
WHERE f.state <> 'reversed' AND ($1::text IS NULL OR f.provider_code = $1) AND ($2::text IS NULL OR f.state = $2)
ORDER BY f.filed_at, f.provider_code, f.filing_no
LIMIT $3;

-- name: match_filings_decided
-- What the agency decides of pending filings, each by provider and number; how many were pending.
WITH decided AS (
    UPDATE match_filing AS f
    SET state = $3::text, changed_at = $4::timestamptz, reason = $5::text, version = n.version,
        effective_at = n.effective_at
    FROM unnest($1::text[], $2::text[], $6::bigint[], $7::timestamptz[])
         AS n (provider_code, filing_no, version, effective_at)
    WHERE f.provider_code = n.provider_code AND f.filing_no = n.filing_no AND f.state = 'pending'
    RETURNING f.filing_no
)
SELECT count(*) FROM decided;

-- name: import_known_employers
-- Newest row of the named employers.
SELECT DISTINCT ON (employer_id) employer_id, area, scheme, name
FROM employer
WHERE employer_id = ANY ($1::text[])
ORDER BY employer_id, version DESC;

-- name: import_known_workers
-- Newest row of the named workers.
SELECT DISTINCT ON (worker_id) worker_id, area, employer_id, sex, birthday, died_on, person_sealed,
       NULL::text AS employer_name
FROM worker
WHERE worker_id = ANY ($1::text[])
ORDER BY worker_id, version DESC;

-- name: import_known_identities
-- Who already holds the identity numbers of these blind indexes.
SELECT certno_index, worker_id
FROM worker_identity
WHERE certno_index = ANY ($1::bytea[]);

-- name: import_known_enrolments
-- Newest row of each enrolment of the named workers.
SELECT DISTINCT ON (worker_id, enrolment_no) worker_id, enrolment_no, content
FROM enrolment
WHERE worker_id = ANY ($1::text[])
ORDER BY worker_id, enrolment_no, version DESC;

-- name: import_known_recognitions
-- Newest row of each recognition of the named workers.
SELECT DISTINCT ON (worker_id, recognition_no) worker_id, recognition_no, content_sealed
FROM recognition
WHERE worker_id = ANY ($1::text[])
ORDER BY worker_id, recognition_no, version DESC;

-- name: import_known_authorizations
-- Newest row of each authorization of the named workers.
SELECT DISTINCT ON (worker_id, authorization_no) worker_id, authorization_no, area, scheme, content
FROM "authorization"
WHERE worker_id = ANY ($1::text[])
ORDER BY worker_id, authorization_no, version DESC;

-- name: import_known_providers
-- Providers of the newest version of each area and scheme.
SELECT code, area, scheme, token_sha256
FROM provider
WHERE version IN (SELECT max(version) FROM reference_version WHERE kind = 'providers' GROUP BY area, scheme);

-- name: import_known_codes
-- In which areas' and schemes' newest catalogs the named codes stand.
SELECT DISTINCT code, area, scheme
FROM catalog_item
WHERE version IN (SELECT max(version) FROM reference_version WHERE kind = 'catalog' GROUP BY area, scheme)
  AND code = ANY ($1::text[]);

-- name: import_worker_locks
-- A row to lock for each new worker.
INSERT INTO worker_lock (worker_id)
SELECT unnest($1::text[])
ON CONFLICT (worker_id) DO NOTHING;

-- name: import_worker_identities
-- Blind index of an identity number to its worker.
INSERT INTO worker_identity (certno_index, worker_id)
SELECT * FROM unnest($1::bytea[], $2::text[])
ON CONFLICT (certno_index) DO NOTHING;

-- name: import_qualification_holders
-- Who holds which qualification.
INSERT INTO qualification_holder (qualification_id, worker_id)
SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (qualification_id, worker_id) DO NOTHING;
