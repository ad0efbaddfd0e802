-- An audit of the books: each question returns the rows that are wrong, as text; right books return none.
-- In force: a settlement of kind settlement that nothing has cancelled.

-- fault: settlement shares do not add up to the charge
SELECT settlement_id::text AS wrong FROM settlement
WHERE charged_fen <> fund_fen + worker_fen + employer_fen + provider_fen;

-- fault: line shares do not add up to the charge
SELECT settlement_id || ' ' || item_no AS wrong FROM settled_line
WHERE charged_fen <> fund_fen + worker_fen + employer_fen + provider_fen;

-- fault: settlement is not the sum of its lines
SELECT s.settlement_id::text AS wrong
FROM settlement AS s
LEFT JOIN settled_line AS l ON l.worker_id = s.worker_id AND l.settlement_id = s.settlement_id
GROUP BY s.worker_id, s.settlement_id
HAVING (s.charged_fen, s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen, s.line_count)
    IS DISTINCT FROM (coalesce(sum(l.charged_fen), 0), coalesce(sum(l.fund_fen), 0), coalesce(sum(l.worker_fen), 0),
                      coalesce(sum(l.employer_fen), 0), coalesce(sum(l.provider_fen), 0), count(l.item_no));

-- fault: settlement is not what its postings say
WITH side AS (
    SELECT worker_id, settlement_id, debit AS account, fen FROM posting
    UNION ALL
    SELECT worker_id, settlement_id, credit, -fen FROM posting
)
SELECT s.settlement_id::text AS wrong
FROM settlement AS s
LEFT JOIN side AS e ON e.worker_id = s.worker_id AND e.settlement_id = s.settlement_id
GROUP BY s.worker_id, s.settlement_id
HAVING (s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen, -s.charged_fen)
    IS DISTINCT FROM (coalesce(sum(e.fen) FILTER (WHERE e.account LIKE 'fund:' || s.scheme || ':%'), 0),
                      coalesce(sum(e.fen) FILTER (WHERE e.account = 'worker'), 0),
                      coalesce(sum(e.fen) FILTER (WHERE e.account = 'employer'), 0),
                      coalesce(sum(e.fen) FILTER (WHERE e.account = 'provider-cut'), 0),
                      coalesce(sum(e.fen) FILTER (WHERE e.account = 'payable:' || s.provider_code), 0));

-- fault: settlement's benefits are not what its postings say
WITH side AS (
    SELECT worker_id, settlement_id, debit AS account, fen FROM posting
    UNION ALL
    SELECT worker_id, settlement_id, credit, -fen FROM posting
)
SELECT s.settlement_id::text AS wrong
FROM settlement AS s
LEFT JOIN side AS e ON e.worker_id = s.worker_id AND e.settlement_id = s.settlement_id
GROUP BY s.worker_id, s.settlement_id
HAVING (s.benefits_fen, -s.benefits_fen)
    IS DISTINCT FROM (coalesce(sum(e.fen) FILTER (WHERE e.account LIKE 'benefit:' || s.scheme || ':%'), 0),
                      coalesce(sum(e.fen) FILTER (WHERE e.account = 'benefit-payable'), 0));

-- fault: benefits given are not what was noted of the visit
SELECT s.settlement_id::text AS wrong
FROM settlement AS s
LEFT JOIN allowance_use AS u
  ON u.worker_id = s.worker_id AND u.settlement_id = s.settlement_id
 AND u.allowance_id LIKE 'food-subsidy:' || s.visit_id || ':%'
WHERE s.kind = 'settlement'
GROUP BY s.worker_id, s.settlement_id
HAVING s.benefits_fen <> coalesce(sum(u.fund_fen), 0);

-- fault: accounts of all postings do not sum to zero
WITH said AS (
    SELECT debit AS account, fen FROM posting
    UNION ALL
    SELECT credit, -fen FROM posting
), known AS (
    SELECT sum(fen) AS fen FROM said
    WHERE account ~ '^(fund:\d{3}:\d{6}:[a-z]+|worker|employer|provider-cut|payable:.+)$'
       OR account ~ '^(benefit:\d{3}:\d{6}:[a-z_]+|benefit-payable)$'
)
SELECT fen || ' fen left over' AS wrong FROM known WHERE fen <> 0;

-- fault: posting is on another day than its settlement
SELECT s.settlement_id::text AS wrong
FROM settlement AS s JOIN posting AS p ON p.worker_id = s.worker_id AND p.settlement_id = s.settlement_id
WHERE p.settlement_day <> s.settlement_day;

-- fault: settlement day is not the Shanghai day of its instant
SELECT settlement_id::text AS wrong FROM settlement
WHERE settlement_day <> (settled_at AT TIME ZONE 'Asia/Shanghai')::date;

-- fault: settlement has no decision, or a cancellation has one
SELECT settlement_id::text AS wrong FROM settlement
WHERE (kind = 'settlement') <> (decision_sealed IS NOT NULL);

-- fault: settlement has no receipt
SELECT settlement_id::text AS wrong FROM settlement WHERE receipt_jws = '';

-- fault: receipt says other sums than its settlement
WITH signed AS (
    SELECT worker_id, settlement_id, translate(split_part(receipt_jws, '.', 2), '-_', '+/') AS payload FROM settlement
    WHERE receipt_jws <> ''
), said AS (
    SELECT worker_id, settlement_id,
           convert_from(decode(rpad(payload, (length(payload) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::json AS receipt
    FROM signed
)
SELECT s.settlement_id::text AS wrong
FROM settlement AS s JOIN said AS r ON r.worker_id = s.worker_id AND r.settlement_id = s.settlement_id
WHERE (s.settlement_id::text, s.provider_code, s.message_id, s.visit_no, s.bill_no)
      IS DISTINCT FROM (r.receipt ->> 'settlement_id', r.receipt ->> 'provider_code', r.receipt ->> 'message_id',
                        r.receipt ->> 'visit_no', r.receipt ->> 'bill_no')
   OR (s.charged_fen, s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen, s.benefits_fen)
      IS DISTINCT FROM ((r.receipt ->> 'charged_fen')::bigint, (r.receipt ->> 'fund_fen')::bigint,
                        (r.receipt ->> 'worker_fen')::bigint, (r.receipt ->> 'employer_fen')::bigint,
                        (r.receipt ->> 'provider_fen')::bigint, (r.receipt ->> 'benefits_fen')::bigint);

-- fault: settlement has not exactly one message
SELECT s.settlement_id::text AS wrong
FROM settlement AS s LEFT JOIN message AS m ON m.settlement_id = s.settlement_id
GROUP BY s.worker_id, s.settlement_id
HAVING count(m.message_id) <> 1
    OR (min(m.provider_code), min(m.message_id), min(m.worker_id), min(m.visit_id::text))
       IS DISTINCT FROM (s.provider_code, s.message_id, s.worker_id, s.visit_id::text);

-- fault: row belongs to no settlement
SELECT found.kind || ' ' || found.settlement_id AS wrong
FROM (
    SELECT 'posting' AS kind, settlement_id FROM posting
    UNION ALL SELECT 'allowance', settlement_id FROM allowance_use
    UNION ALL SELECT 'message', settlement_id FROM message WHERE settlement_id IS NOT NULL
) AS found
WHERE NOT EXISTS (SELECT FROM settlement AS s WHERE s.settlement_id = found.settlement_id);

-- fault: settlement id stands twice
SELECT settlement_id::text AS wrong FROM settlement GROUP BY settlement_id HAVING count(*) > 1;

-- fault: cancellation does not mirror its original
SELECT c.settlement_id::text AS wrong
FROM settlement AS c
LEFT JOIN settlement AS s ON s.worker_id = c.worker_id AND s.settlement_id = c.original_id AND s.kind = 'settlement'
WHERE c.kind = 'cancellation'
  AND (c.charged_fen, c.fund_fen, c.worker_fen, c.employer_fen, c.provider_fen, c.benefits_fen, c.line_count,
       c.provider_code, c.visit_id, c.visit_no, c.bill_no, c.invoice_no, c.area, c.scheme)
      IS DISTINCT FROM (-s.charged_fen, -s.fund_fen, -s.worker_fen, -s.employer_fen, -s.provider_fen, -s.benefits_fen,
                        s.line_count, s.provider_code, s.visit_id, s.visit_no, s.bill_no, s.invoice_no, s.area,
                        s.scheme);

-- fault: cancellation's lines do not mirror its original's
WITH pair AS (
    SELECT worker_id, settlement_id, original_id FROM settlement WHERE kind = 'cancellation'
), line AS (
    SELECT p.worker_id, p.settlement_id, l.item_no, l.quantity, l.funded_quantity, l.charged_fen, l.fund_fen,
           l.worker_fen, l.employer_fen, l.provider_fen, l.third_party_fen, l.authorization_no
    FROM pair AS p
    JOIN settled_line AS l ON l.worker_id = p.worker_id AND l.settlement_id IN (p.settlement_id, p.original_id)
)
SELECT settlement_id || ' ' || item_no AS wrong
FROM line
GROUP BY worker_id, settlement_id, item_no
HAVING count(*) <> 2 OR sum(quantity) <> 0 OR sum(funded_quantity) <> 0 OR sum(charged_fen) <> 0 OR sum(fund_fen) <> 0
    OR sum(worker_fen) <> 0 OR sum(employer_fen) <> 0 OR sum(provider_fen) <> 0 OR sum(third_party_fen) <> 0
    OR min(authorization_no) IS DISTINCT FROM max(authorization_no);

-- fault: cancellation's postings do not mirror its original's
WITH pair AS (
    SELECT worker_id, settlement_id, original_id FROM settlement WHERE kind = 'cancellation'
), side AS (
    SELECT p.worker_id, p.settlement_id, e.debit, e.credit, e.fen
    FROM pair AS p JOIN posting AS e ON e.worker_id = p.worker_id AND e.settlement_id = p.original_id
    UNION ALL
    SELECT p.worker_id, p.settlement_id, e.credit, e.debit, -e.fen
    FROM pair AS p JOIN posting AS e ON e.worker_id = p.worker_id AND e.settlement_id = p.settlement_id
)
SELECT settlement_id || ' ' || debit AS wrong
FROM side
GROUP BY worker_id, settlement_id, debit, credit
HAVING sum(fen) <> 0;

-- fault: settlement is cancelled twice
SELECT original_id::text AS wrong FROM settlement
WHERE original_id IS NOT NULL
GROUP BY original_id HAVING count(*) > 1;

-- fault: cancellation is dated before its original
SELECT c.settlement_id::text AS wrong
FROM settlement AS c JOIN settlement AS s ON s.worker_id = c.worker_id AND s.settlement_id = c.original_id
WHERE c.settled_at < s.settled_at OR c.settlement_day < s.settlement_day;

-- fault: bill is settled twice
SELECT provider_code || ' ' || visit_no || ' ' || bill_no AS wrong
FROM settlement AS s
WHERE s.kind = 'settlement' AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
GROUP BY provider_code, visit_no, bill_no HAVING count(*) > 1;

-- fault: invoice is settled twice
SELECT provider_code || ' ' || invoice_no AS wrong
FROM settlement AS s
WHERE s.kind = 'settlement' AND s.invoice_no IS NOT NULL
  AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
GROUP BY provider_code, invoice_no HAVING count(*) > 1;

-- fault: keys held are not those of the settlements in force
WITH needed AS (
    SELECT s.provider_code, key.kind, key.key, s.settlement_id
    FROM settlement AS s
    CROSS JOIN LATERAL (
        VALUES ('bill', s.visit_no || E'\n' || s.bill_no), ('invoice', s.invoice_no)
    ) AS key (kind, key)
    WHERE s.kind = 'settlement' AND key.key IS NOT NULL
      AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
), held AS (
    SELECT provider_code, kind, key, settlement_id FROM bill_key WHERE kind IN ('bill', 'invoice')
)
SELECT coalesce(n.provider_code, h.provider_code) || ' ' || coalesce(n.kind, h.kind) || ' '
       || replace(coalesce(n.key, h.key), E'\n', ' ') AS wrong
FROM needed AS n
FULL JOIN held AS h ON h.provider_code = n.provider_code AND h.kind = n.kind AND h.key = n.key
WHERE h.settlement_id IS DISTINCT FROM n.settlement_id;

-- fault: visit numbers held are not those of the visits that stand
SELECT coalesce(v.provider_code, k.provider_code) || ' ' || coalesce(v.visit_no, k.key) AS wrong
FROM (SELECT * FROM visit WHERE state <> 'cancelled') AS v
FULL JOIN (SELECT * FROM bill_key WHERE kind = 'visit') AS k
  ON k.provider_code = v.provider_code AND k.key = v.visit_no
WHERE (k.visit_id, k.worker_id) IS DISTINCT FROM (v.visit_id, v.worker_id);

-- fault: visit's state is not what its settlements in force make it
SELECT v.provider_code || ' ' || v.visit_no AS wrong
FROM visit AS v
LEFT JOIN settlement AS s
  ON s.worker_id = v.worker_id AND s.visit_id = v.visit_id AND s.kind = 'settlement'
 AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
GROUP BY v.worker_id, v.visit_id
HAVING v.bills <> count(s.settlement_id)
    OR (v.state IN ('part_settled', 'settled')) <> (count(s.settlement_id) > 0);

-- fault: settled visit has an item that no settlement took
SELECT v.provider_code || ' ' || v.visit_no || ' ' || i.item_no AS wrong
FROM visit AS v JOIN item AS i ON i.worker_id = v.worker_id AND i.visit_id = v.visit_id
WHERE v.state = 'settled' AND i.withdrawn_by IS NULL AND i.settlement_id IS NULL;

-- fault: self-paid visit has no discharge, or an item that a settlement took
SELECT v.provider_code || ' ' || v.visit_no AS wrong
FROM visit AS v
WHERE v.state = 'self_paid'
  AND (v.discharged_at IS NULL OR EXISTS (
      SELECT FROM item AS i
      WHERE i.worker_id = v.worker_id AND i.visit_id = v.visit_id AND i.withdrawn_by IS NULL
        AND i.settlement_id IS NOT NULL));

-- fault: referral numbers held are not those of the referrals that stand
SELECT coalesce(r.provider_code, k.provider_code) || ' ' || coalesce(r.referral_no, k.key) AS wrong
FROM (
    SELECT r.* FROM referral AS r
    JOIN message AS m ON m.provider_code = r.provider_code AND m.message_id = r.message_id
    WHERE m.reversed_by IS NULL
) AS r
FULL JOIN (SELECT * FROM bill_key WHERE kind = 'referral') AS k
  ON k.provider_code = r.provider_code AND k.key = r.referral_no
WHERE k.worker_id IS DISTINCT FROM r.worker_id;

-- fault: referral's cancellation and the name it takes do not belong together
SELECT coalesce(c.referral_no, k.key) AS wrong
FROM referral_cancellation AS c
FULL JOIN (SELECT * FROM bill_key WHERE kind = 'referral_cancellation') AS k
  ON k.worker_id = c.worker_id AND k.key = c.referral_no
WHERE k.message_id IS DISTINCT FROM c.message_id;

-- fault: amendment belongs to no visit, or to no message
SELECT a.visit_id || ' ' || a.message_id AS wrong
FROM visit_amendment AS a
LEFT JOIN visit AS v ON v.worker_id = a.worker_id AND v.visit_id = a.visit_id
LEFT JOIN message AS m
  ON m.provider_code = v.provider_code AND m.message_id = a.message_id AND m.verb = 'AmendVisit'
WHERE m.message_id IS NULL OR m.visit_id <> a.visit_id;

-- fault: settlement of a reversed message is in force
SELECT s.settlement_id::text AS wrong
FROM message AS m
JOIN settlement AS s ON s.settlement_id = m.settlement_id AND s.kind = 'settlement'
WHERE m.reversed_by IS NOT NULL AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id);

-- fault: reversal is no message that was taken in
SELECT m.provider_code || ' ' || m.message_id AS wrong
FROM message AS m
LEFT JOIN message AS r ON r.provider_code = m.provider_code AND r.message_id = m.reversed_by AND r.verb = 'Reverse'
WHERE m.reversed_by IS NOT NULL AND r.message_id IS NULL;

-- fault: item's settlement is not one in force that has its line
SELECT i.item_no || ' ' || i.settlement_id AS wrong
FROM item AS i
WHERE i.settlement_id IS NOT NULL AND i.withdrawn_by IS NULL
  AND NOT EXISTS (
      SELECT FROM settled_line AS l
      JOIN settlement AS s ON s.worker_id = l.worker_id AND s.settlement_id = l.settlement_id
      WHERE l.worker_id = i.worker_id AND l.visit_id = i.visit_id AND l.item_no = i.item_no
        AND l.settlement_id = i.settlement_id AND l.charged_fen = i.amount_fen AND s.kind = 'settlement'
        AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
  );

-- fault: line in force is paid but its item is not marked as settled by it
SELECT l.settlement_id || ' ' || l.item_no AS wrong
FROM settled_line AS l
JOIN settlement AS s ON s.worker_id = l.worker_id AND s.settlement_id = l.settlement_id AND s.kind = 'settlement'
LEFT JOIN item AS i
  ON i.worker_id = l.worker_id AND i.visit_id = l.visit_id AND i.item_no = l.item_no AND i.withdrawn_by IS NULL
WHERE l.fund_fen <> 0 AND i.settlement_id IS DISTINCT FROM l.settlement_id
  AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id);

-- fault: item is paid twice
SELECT l.visit_id || ' ' || l.item_no AS wrong
FROM settled_line AS l
JOIN settlement AS s ON s.worker_id = l.worker_id AND s.settlement_id = l.settlement_id AND s.kind = 'settlement'
WHERE l.fund_fen <> 0 AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
GROUP BY l.worker_id, l.visit_id, l.item_no HAVING count(*) > 1;

-- fault: allowance used is not what the lines took
WITH taken AS (
    SELECT l.worker_id, l.settlement_id, 'authorization:' || l.authorization_no AS allowance_id,
           sum(l.fund_fen) AS fund_fen, sum(l.funded_quantity) AS quantity
    FROM settled_line AS l
    JOIN settlement AS s ON s.worker_id = l.worker_id AND s.settlement_id = l.settlement_id AND s.kind = 'settlement'
    WHERE l.authorization_no IS NOT NULL
    GROUP BY 1, 2, 3
), noted AS (
    SELECT worker_id, settlement_id, allowance_id, fund_fen, quantity FROM allowance_use
    WHERE allowance_id LIKE 'authorization:%'
)
SELECT coalesce(t.settlement_id, n.settlement_id) || ' ' || coalesce(t.allowance_id, n.allowance_id) AS wrong
FROM taken AS t
FULL JOIN noted AS n
  ON n.worker_id = t.worker_id AND n.settlement_id = t.settlement_id AND n.allowance_id = t.allowance_id
WHERE (coalesce(t.fund_fen, 0), coalesce(t.quantity, 0)) IS DISTINCT FROM (coalesce(n.fund_fen, 0), coalesce(n.quantity, 0));

-- fault: authorization is overdrawn
WITH newest AS (
    SELECT DISTINCT ON (worker_id, authorization_no) worker_id, authorization_no, content::json AS content
    FROM "authorization"
    ORDER BY worker_id, authorization_no, version DESC
), taken AS (
    SELECT l.worker_id, l.authorization_no, sum(l.fund_fen) AS fund_fen, sum(l.funded_quantity) AS quantity,
           count(DISTINCT l.occurred_on) FILTER (WHERE l.fund_fen > 0) AS days
    FROM settled_line AS l
    JOIN settlement AS s ON s.worker_id = l.worker_id AND s.settlement_id = l.settlement_id AND s.kind = 'settlement'
    WHERE NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
    GROUP BY 1, 2
)
SELECT t.worker_id || ' ' || t.authorization_no AS wrong
FROM taken AS t
JOIN newest AS a ON a.worker_id = t.worker_id AND a.authorization_no = t.authorization_no
WHERE t.fund_fen > (a.content ->> 'amount_fen')::bigint
   OR t.quantity > (a.content ->> 'quantity')::numeric
   OR t.days > (a.content ->> 'days')::int;

-- fault: two pending filings of a local code are about the same days
SELECT a.provider_code || ' ' || a.filing_no || ' ' || b.filing_no AS wrong
FROM match_filing AS a
JOIN match_filing AS b
  ON b.provider_code = a.provider_code AND b.local_code = a.local_code AND b.act = a.act AND b.filing_no > a.filing_no
WHERE a.state = 'pending' AND b.state = 'pending'
  AND daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')
  AND (a.act = 'match' OR (b.catalog_code, b.valid_from) = (a.catalog_code, a.valid_from));

-- fault: filing and the message that made it are not both reversed or neither
SELECT f.provider_code || ' ' || f.filing_no AS wrong
FROM match_filing AS f
LEFT JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
WHERE m.message_id IS NULL OR (f.state = 'reversed') <> (m.reversed_by IS NOT NULL);

-- fault: filing is approved by what is no version of its matches, or of another instant
SELECT f.provider_code || ' ' || f.filing_no AS wrong
FROM match_filing AS f
LEFT JOIN reference_version AS v
  ON v.version = f.version AND v.kind = 'matches' AND v.area = f.area AND v.scheme = f.scheme
WHERE f.state = 'approved' AND (v.version IS NULL OR v.effective_at <> f.effective_at);

-- fault: version that approved a filing does not say what was filed
SELECT f.provider_code || ' ' || f.filing_no AS wrong
FROM match_filing AS f
LEFT JOIN catalog_match AS c
  ON c.version = f.version AND c.provider_code = f.provider_code AND c.local_code = f.local_code
 AND c.catalog_code = f.catalog_code AND c.valid_from = f.valid_from AND c.state = 'approved'
WHERE f.state = 'approved'
  AND CASE f.act
          WHEN 'match' THEN c.version IS NULL OR c.valid_to IS DISTINCT FROM f.valid_to
          ELSE c.version IS NOT NULL AND coalesce(c.valid_to > f.valid_to, true)
               -- The match that an end took out whole may stand anew, as it was filed along with it.
               AND NOT EXISTS (SELECT FROM match_filing AS anew
                               WHERE anew.provider_code = f.provider_code AND anew.local_code = f.local_code
                                 AND anew.catalog_code = f.catalog_code AND anew.valid_from = f.valid_from
                                 AND anew.act = 'match' AND anew.version = f.version)
      END;
