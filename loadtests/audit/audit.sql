-- What a client saw held against the books: each question returns what is wrong as text that names message and bill.
-- It reads said.sql's tables. A tombstone is the row by which a reversal keeps out a message that has not come.

-- fault: answered as done, but the books have no such message
SELECT f.named AS wrong
FROM fate AS f
LEFT JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
WHERE f.done AND m.message_id IS NULL;

-- fault: answered as settled, but that settlement is not in the books
SELECT DISTINCT s.provider_code || ' message ' || s.message_id || ' visit ' || s.visit_no || ' bill ' || s.bill_no
       || ' settlement ' || s.settlement_id AS wrong
FROM said AS s
LEFT JOIN settlement AS b ON b.settlement_id = s.settlement_id
WHERE s.settlement_id IS NOT NULL AND b.settlement_id IS NULL;

-- fault: answered as settled, but with other sums or for another message than the books have
SELECT DISTINCT s.provider_code || ' message ' || s.message_id || ' visit ' || b.visit_no || ' bill ' || b.bill_no
       || ': answered ' || s.charged_fen || ' = ' || s.fund_fen || ' + ' || s.worker_fen || ' + ' || s.employer_fen
       || ' + ' || s.provider_fen || ', in the books ' || b.charged_fen || ' = ' || b.fund_fen || ' + ' || b.worker_fen
       || ' + ' || b.employer_fen || ' + ' || b.provider_fen AS wrong
FROM said AS s
JOIN settlement AS b ON b.settlement_id = s.settlement_id
WHERE (s.provider_code, s.message_id, s.charged_fen, s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen)
      IS DISTINCT FROM
      (b.provider_code, b.message_id, b.charged_fen, b.fund_fen, b.worker_fen, b.employer_fen, b.provider_fen);

-- fault: settled with another charge or another number of lines than the bill had
SELECT DISTINCT s.provider_code || ' message ' || s.message_id || ' visit ' || s.visit_no || ' bill ' || s.bill_no
       || ': sent ' || s.lines || ' lines of ' || s.asked_fen || ' fen, settled ' || b.line_count || ' of '
       || b.charged_fen AS wrong
FROM said AS s
JOIN settlement AS b ON b.settlement_id = s.settlement_id
WHERE s.verb = 'SubmitBill' AND (s.lines, s.asked_fen) IS DISTINCT FROM (b.line_count, b.charged_fen);

-- fault: answers of one message name different settlements
SELECT provider_code || ' message ' || message_id || ' visit ' || visit_no || ' bill ' || bill_no AS wrong
FROM said
WHERE done
GROUP BY provider_code, message_id, visit_no, bill_no
HAVING count(DISTINCT settlement_id) > 1 OR count(settlement_id) NOT IN (0, count(*));

-- fault: took effect, but its answer was never stored
SELECT f.named AS wrong
FROM fate AS f
JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
WHERE m.answer_sealed IS NULL AND m.verb <> 'tombstone';

-- fault: only ever refused, but it took effect
SELECT f.named || ' refused as ' || f.code AS wrong
FROM fate AS f
JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
WHERE f.refused AND NOT f.done AND m.verb <> 'tombstone' AND m.reversed_by IS NULL;

-- fault: neither answered nor known to QueryOutcome
SELECT named AS wrong FROM fate WHERE NOT done AND NOT refused AND outcome IS NULL;

-- fault: QueryOutcome says other than the books
SELECT f.named || ': ' || f.outcome || ', in the books '
       || CASE WHEN m.message_id IS NULL THEN 'no message' WHEN m.reversed_by IS NOT NULL THEN 'reversed' ELSE 'settled' END
       AS wrong
FROM fate AS f
LEFT JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.message_id
WHERE f.outcome IS NOT NULL
  AND CASE WHEN m.message_id IS NULL THEN f.outcome NOT IN ('not_seen', 'refused')
           WHEN m.reversed_by IS NOT NULL THEN f.outcome <> 'reversed'
           ELSE f.outcome <> 'settled' END;

-- fault: QueryOutcome names another settlement than the books
SELECT t.provider_code || ' message ' || t.message_id AS wrong
FROM told AS t
JOIN message AS m ON m.provider_code = t.provider_code AND m.message_id = t.message_id
WHERE t.outcome = 'settled' AND t.settlement_id IS DISTINCT FROM m.settlement_id;

-- fault: bill stands in the books more or less often than its messages settled it
WITH undone AS (
    SELECT provider_code, reverses AS message_id FROM fate WHERE reverses <> '' AND took_effect
), due AS (
    SELECT f.provider_code, f.visit_no, f.bill_no, min(f.message_id) AS message_id,
           count(*) FILTER (WHERE f.took_effect AND u.message_id IS NULL) AS times
    FROM fate AS f
    LEFT JOIN undone AS u ON u.provider_code = f.provider_code AND u.message_id = f.message_id
    WHERE f.verb = 'SubmitBill'
    GROUP BY f.provider_code, f.visit_no, f.bill_no
), standing AS (
    SELECT b.provider_code, b.visit_no, b.bill_no, count(*) AS times
    FROM settlement AS b
    WHERE b.kind = 'settlement' AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = b.settlement_id)
    GROUP BY b.provider_code, b.visit_no, b.bill_no
)
SELECT d.provider_code || ' message ' || d.message_id || ' visit ' || d.visit_no || ' bill ' || d.bill_no || ': settled '
       || d.times || ' times, in force ' || coalesce(s.times, 0) AS wrong
FROM due AS d
LEFT JOIN standing AS s ON s.provider_code = d.provider_code AND s.visit_no = d.visit_no AND s.bill_no = d.bill_no
WHERE d.times <> coalesce(s.times, 0);

-- fault: a bill of this run is settled under a message that was never sent
SELECT b.provider_code || ' message ' || b.message_id || ' visit ' || b.visit_no || ' bill ' || b.bill_no AS wrong
FROM (SELECT DISTINCT provider_code, visit_no, bill_no FROM fate WHERE bill_no <> '') AS d
JOIN settlement AS b
  ON b.provider_code = d.provider_code AND b.visit_no = d.visit_no AND b.bill_no = d.bill_no
LEFT JOIN fate AS f ON f.provider_code = b.provider_code AND f.message_id = b.message_id
WHERE f.message_id IS NULL;

-- fault: expected to be done, but was refused
SELECT f.named || ' refused as ' || f.code AS wrong
FROM fate AS f
WHERE f.expects = 'settled' AND f.refused AND NOT f.done AND f.code <> 'message.reversed';

-- fault: expected to be refused, but was done
SELECT named AS wrong FROM fate WHERE expects = 'refused' AND took_effect;

-- fault: bill sent under several ids, and refused under each
SELECT provider_code || ' visit ' || visit_no || ' bill ' || bill_no AS wrong
FROM fate
WHERE expects = 'rival'
GROUP BY provider_code, visit_no, bill_no
HAVING bool_and(refused AND NOT done);

-- fault: reversed, but the message that was reversed still counts
SELECT f.named || ' of message ' || f.reverses AS wrong
FROM fate AS f
LEFT JOIN message AS m ON m.provider_code = f.provider_code AND m.message_id = f.reverses
WHERE f.reverses <> '' AND f.took_effect AND m.reversed_by IS NULL;
