-- name: doctor_sessions
-- How many sessions the server bears for such as us, and how many are others' now. Who may not read all statistics sees
-- of other users' sessions neither type nor name, only the user.
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS borne,
       (SELECT count(*) FROM pg_stat_activity
        WHERE coalesce(backend_type, 'client backend') = 'client backend' AND usesysid IS NOT NULL
          AND pid <> pg_backend_pid() AND coalesce(application_name, '') NOT LIKE 'gateway%') AS others;

-- name: doctor_versions
-- Of each kind of reference data: versions in force in how many areas and schemes, and how many are announced.
SELECT kind, count(DISTINCT (area, scheme)) FILTER (WHERE effective_at <= now()) AS in_force,
       count(*) FILTER (WHERE effective_at > now()) AS announced
FROM reference_version
GROUP BY kind;

-- name: doctor_endings
-- What is in force now and whose last day comes before $1: policy, catalog and matches by area, agreements by provider.
WITH in_force AS (
    SELECT DISTINCT ON (kind, area, scheme) version, kind
    FROM reference_version
    WHERE effective_at <= now()
    ORDER BY kind, area, scheme, version DESC),
spells AS (
    SELECT 'policy' AS kind, area || '/' || scheme AS name, valid_to
    FROM policy WHERE version IN (SELECT version FROM in_force WHERE kind = 'policy')
    UNION ALL
    SELECT 'catalog', area || '/' || scheme, valid_to
    FROM catalog_item WHERE version IN (SELECT version FROM in_force WHERE kind = 'catalog')
    UNION ALL
    SELECT 'matches', area || '/' || scheme, valid_to
    FROM catalog_match WHERE version IN (SELECT version FROM in_force WHERE kind = 'matches')
    UNION ALL
    SELECT 'providers', provider_code, valid_to
    FROM agreement WHERE version IN (SELECT version FROM in_force WHERE kind = 'providers'))
SELECT kind, name, max(coalesce(valid_to, 'infinity')) AS last_day
FROM spells
GROUP BY kind, name
HAVING max(coalesce(valid_to, 'infinity')) < $1::date
ORDER BY 3, 1, 2;
