-- name: settlement_anywhere
-- Whose a settlement is, whichever provider's: for an operator. Each provider is one look-up in its index.
SELECT m.provider_code, m.worker_id
FROM (SELECT DISTINCT code FROM provider) AS p
JOIN message AS m ON m.provider_code = p.code AND m.settlement_id = $1
LIMIT 1;

-- name: undone_by
-- The settlement that undid a settlement.
SELECT c.* FROM settlement AS c WHERE c.worker_id = $1 AND c.original_id = $2;

-- name: versions_named
-- What versions of reference data are, and since when they are in force.
SELECT version, effective_at FROM reference_version WHERE version = ANY($1::bigint[]);
