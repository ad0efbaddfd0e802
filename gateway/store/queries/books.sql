-- name: books
-- Whether the books hold: what settlements say, what lines say, what postings say, and what no account explains.
SELECT
    (SELECT count(*) FROM settlement WHERE kind = 'settlement') AS settlements,
    (SELECT count(*) FROM settlement WHERE kind = 'cancellation') AS cancellations,
    (SELECT coalesce(sum(charged_fen), 0)::bigint FROM settlement) AS settlement_fen,
    (SELECT coalesce(sum(charged_fen), 0)::bigint FROM settled_line) AS line_fen,
    (SELECT coalesce(sum(CASE WHEN credit LIKE 'payable:%' THEN fen ELSE -fen END), 0)::bigint FROM posting) AS payable_fen,
    (SELECT count(*) FROM settlement AS s
     WHERE s.charged_fen <> coalesce((
         SELECT sum(CASE WHEN p.credit LIKE 'payable:%' THEN p.fen ELSE -p.fen END) FROM posting AS p
         WHERE p.worker_id = s.worker_id AND p.settlement_id = s.settlement_id), 0)) AS unbalanced,
    (SELECT count(*) FROM (
        SELECT provider_code, visit_no, bill_no FROM settlement AS s
        WHERE kind = 'settlement' AND NOT EXISTS (
            SELECT FROM settlement AS c WHERE c.worker_id = s.worker_id AND c.original_id = s.settlement_id)
        GROUP BY provider_code, visit_no, bill_no HAVING count(*) > 1) AS twice) AS settled_twice;
