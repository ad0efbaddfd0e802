-- name: settlement_anywhere
-- Whose a settlement is, whichever provider's: for an operator. Each provider is one look-up in its index.
SELECT m.provider_code, m.worker_id
FROM (SELECT DISTINCT code FROM provider) AS p
JOIN message AS m ON m.provider_code = p.code AND m.settlement_id = $1
LIMIT 1;

-- name: settlement_of_bill
-- The settlement in force of a provider's bill: visit and bill number, joined by a line break as its key is.
SELECT settlement_id FROM bill_key WHERE provider_code = $1 AND kind = 'bill' AND key = $2;

-- name: undone_by
-- The settlement that undid a settlement.
SELECT c.* FROM settlement AS c WHERE c.worker_id = $1 AND c.original_id = $2;

-- name: versions_named
-- What versions of reference data are, and since when they are in force.
SELECT version, effective_at FROM reference_version WHERE version = ANY($1::bigint[]);

-- name: catalog_names
-- What a version of the catalog calls codes, by the days on which each row is in force.
SELECT code, valid_from, valid_to, content::json ->> 'name' AS name
FROM catalog_item
WHERE version = $1 AND code = ANY($2::text[])
ORDER BY code, valid_from;
