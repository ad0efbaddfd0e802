-- name: outcomes_by_ids
-- What became of one provider's messages, without the bytes that are kept of them; and what cancelled what they settled.
SELECT m.message_id, m.verb, m.settlement_id, m.received_at, m.reversed_by, c.settlement_id AS cancelled_by
FROM message AS m
LEFT JOIN settlement AS c ON c.worker_id = m.worker_id AND c.original_id = m.settlement_id
WHERE m.provider_code = $1 AND m.message_id = ANY($2::text[]);

-- name: outcome_by_id
-- What became of one message, all that is kept of it; and what cancelled what it settled.
SELECT m.*, c.settlement_id AS cancelled_by
FROM message AS m
LEFT JOIN settlement AS c ON c.worker_id = m.worker_id AND c.original_id = m.settlement_id
WHERE m.provider_code = $1 AND m.message_id = $2;

-- name: refused_by_ids
-- The last refusals of one provider's messages.
SELECT message_id, verb, codes, refused_at
FROM refusal
WHERE provider_code = $1 AND message_id = ANY($2::text[]);

-- name: visits_of_provider
-- A provider's visits registered from $2 on and before the place ($3, $4), newest first; of a state and a worker where
-- these are named.
SELECT visit_no, visit_id, worker_id, visit_kind, state, admitted_at, discharged_at, diagnosis_codes, qualification_ids,
       department_code, emergency, third_party_paid_fen, bills, registered_at, message_id
FROM visit
WHERE provider_code = $1 AND registered_at >= $2 AND (registered_at, visit_id) < ($3::timestamptz, $4::uuid)
  AND ($5::text IS NULL OR state = $5) AND ($6::text IS NULL OR worker_id = $6)
ORDER BY registered_at DESC, visit_id DESC
OFFSET $7 LIMIT $8;

-- name: match_filings_of_provider
-- A provider's filings before the place ($2, $3), the newest first, each message's in their order; of a local code and a
-- state where these are named.
SELECT *
FROM match_filing
WHERE provider_code = $1 AND (filed_at < $2::timestamptz OR (filed_at = $2::timestamptz AND filing_no > $3::text))
  AND state <> 'reversed' AND ($4::text IS NULL OR local_code = $4) AND ($5::text IS NULL OR state = $5)
ORDER BY filed_at DESC, filing_no
OFFSET $6 LIMIT $7;

-- name: items_of_visit
-- A visit's items behind the place ($3, $4), in the order of their coming; of a state and a settlement where named.
SELECT i.item_no, i.message_id, i.position, i.settlement_id, i.withdrawn_by
FROM item AS i
WHERE i.worker_id = $1 AND i.visit_id = $2 AND (i.position, i.message_id) > ($3::int, $4::text)
  AND ($5::text IS NULL OR $5 = CASE WHEN i.withdrawn_by IS NOT NULL THEN 'withdrawn'
                                     WHEN i.settlement_id IS NOT NULL THEN 'settled' ELSE 'live' END)
  AND ($6::uuid IS NULL OR (i.settlement_id = $6 AND i.withdrawn_by IS NULL))
ORDER BY i.position, i.message_id
OFFSET $7 LIMIT $8;

-- name: contents_of_sheets
-- What messages brought to a visit.
SELECT message_id, first_position, contents
FROM item_sheet
WHERE worker_id = $1 AND visit_id = $2 AND message_id = ANY($3::text[]);

-- name: shares_of_items
-- Who bears items of a worker's settlements. A settlement's lines are taken apart once, however many items are asked for.
WITH lines AS MATERIALIZED (
    SELECT l.settlement_id, l.item_no, l.charged_fen, l.fund_fen, l.worker_fen, l.employer_fen, l.provider_fen
    FROM settled_line AS l
    WHERE l.worker_id = $1 AND l.settlement_id = ANY($2::uuid[]) AND l.item_no = ANY($3::text[])
)
SELECT lines.*, s.bill_no
FROM settlement AS s
JOIN lines ON lines.settlement_id = s.settlement_id
WHERE s.worker_id = $1 AND s.settlement_id = ANY($2::uuid[]);

-- name: fees_of_settlement
-- A settlement's lines summed by sort of the catalog, each with the recognitions it rests on, in the order of the lines.
SELECT l.sort, count(*) AS lines, sum(l.charged_fen)::bigint AS charged_fen, sum(l.fund_fen)::bigint AS fund_fen,
       sum(l.worker_fen)::bigint AS worker_fen, sum(l.employer_fen)::bigint AS employer_fen,
       sum(l.provider_fen)::bigint AS provider_fen, coalesce(sum(l.third_party_fen), 0)::bigint AS third_party_fen,
       array_agg(DISTINCT l.recognition_no) FILTER (WHERE l.recognition_no IS NOT NULL) AS recognition_nos
FROM settled_line AS l
WHERE l.worker_id = $1 AND l.settlement_id = $2
GROUP BY l.sort
ORDER BY l.sort;

-- name: catalog_version
-- One version of an area's and scheme's catalog, with whether its rows are there.
SELECT v.version, v.effective_at, v.row_count,
       v.row_count = 0 OR EXISTS (SELECT FROM catalog_item AS c WHERE c.version = v.version) AS there
FROM reference_version AS v
WHERE v.kind = 'catalog' AND v.area = $1 AND v.scheme = $2 AND v.version = $3;

-- name: catalog_rows
-- Rows of version $1 behind the place ($2, $3), in the order of code and first day. The rows to skip ($4) are counted in the
-- index alone.
SELECT c.code, c.valid_from, c.content, NULL::text AS change
FROM catalog_item AS c
WHERE c.version = $1 AND (c.code, c.valid_from) >= (
    SELECT k.code, k.valid_from
    FROM catalog_item AS k
    WHERE k.version = $1 AND (k.code, k.valid_from) > ($2::text, $3::date)
    ORDER BY k.code, k.valid_from
    OFFSET $4 LIMIT 1
)
ORDER BY c.code, c.valid_from
LIMIT $5;

-- name: catalog_changes
-- Rows by which version $1 differs from version $6, behind the place ($2, $3): new, changed, and those that ended, as they
-- last stood. Each half walks both versions in the order of their key and stops when it is full.
SELECT r.code, r.valid_from, r.content, r.change
FROM (
    (SELECT f.code, f.valid_from, f.content, CASE WHEN h.code IS NULL THEN 'new' ELSE 'changed' END AS change
     FROM catalog_item AS f
     LEFT JOIN catalog_item AS h
       ON h.version = $6 AND h.code = f.code AND h.valid_from = f.valid_from
      AND (h.code, h.valid_from) > ($2::text, $3::date)
     WHERE f.version = $1 AND (f.code, f.valid_from) > ($2::text, $3::date) AND f.content IS DISTINCT FROM h.content
     ORDER BY f.code, f.valid_from
     LIMIT $4::int + $5::int)
    UNION ALL
    (SELECT h.code, h.valid_from, h.content, 'ended' AS change
     FROM catalog_item AS h
     LEFT JOIN catalog_item AS f
       ON f.version = $1 AND f.code = h.code AND f.valid_from = h.valid_from
      AND (f.code, f.valid_from) > ($2::text, $3::date)
     WHERE h.version = $6 AND (h.code, h.valid_from) > ($2::text, $3::date) AND f.code IS NULL
     ORDER BY h.code, h.valid_from
     LIMIT $4::int + $5::int)
) AS r
ORDER BY r.code, r.valid_from
OFFSET $4::int LIMIT $5::int;
