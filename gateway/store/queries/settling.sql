-- name: lock_names
-- Takes the message ids and bill keys of a batch, hashed and in the order of the hashes: two names that share a hash only
-- wait for each other.
SELECT count(*) AS taken
FROM (
    SELECT pg_advisory_xact_lock(number)
    FROM (SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest($1::text[]) AS name ORDER BY number) AS sorted
) AS taken;

-- name: instant
-- The instant by which everything is judged, and the greatest reference version that is effective at it. Asked for
-- under lock: of two batches about one worker, the later one to lock is the later one to be dated.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT clock.now,
       (SELECT coalesce(max(version), 0) FROM reference_version WHERE effective_at <= clock.now) AS version
FROM clock;

-- name: messages_by_id
-- What became of messages: pairs of provider and message id.
SELECT m.*
FROM unnest($1::text[], $2::text[]) AS asked (provider_code, message_id)
JOIN message AS m ON m.provider_code = asked.provider_code AND m.message_id = asked.message_id;

-- name: receipts_of
-- The receipts of settlements: pairs of worker and settlement.
SELECT s.settlement_id, s.receipt_jws
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, settlement_id)
JOIN settlement AS s ON s.worker_id = asked.worker_id AND s.settlement_id = asked.settlement_id;

-- name: names_found
-- What became of messages ($1, $2), and who holds bill keys ($3 to $5): those rows have a kind.
SELECT m.*, NULL::text AS kind, NULL::text AS key
FROM unnest($1::text[], $2::text[]) AS asked (provider_code, message_id)
JOIN message AS m ON m.provider_code = asked.provider_code AND m.message_id = asked.message_id
UNION ALL
SELECT k.provider_code, k.message_id, NULL, NULL, NULL, k.worker_id, k.visit_id, k.settlement_id, NULL, NULL, NULL, NULL,
       NULL, k.kind, k.key
FROM unnest($3::text[], $4::text[], $5::text[]) AS asked (provider_code, kind, key)
JOIN bill_key AS k ON k.provider_code = asked.provider_code AND k.kind = asked.kind AND k.key = asked.key;

-- name: refusals_by_id
-- The last refusals of message ids that have not taken effect.
SELECT r.*
FROM unnest($1::text[], $2::text[]) AS asked (provider_code, message_id)
JOIN refusal AS r ON r.provider_code = asked.provider_code AND r.message_id = asked.message_id;

-- name: keys_held
-- Who holds the named bill keys: triples of provider, kind and key.
SELECT k.*
FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (provider_code, kind, key)
JOIN bill_key AS k ON k.provider_code = asked.provider_code AND k.kind = asked.kind AND k.key = asked.key;

-- name: lock_workers
-- Locks one row a worker, the sorted way round (UPDATE, since SELECT FOR UPDATE over several is refused by Citus).
UPDATE worker_lock SET taken = taken + 1 WHERE worker_id = ANY($1::text[]) RETURNING worker_id;

-- name: worker_files
-- Everything about workers that a decision rests on, a row a worker: the newest effective row of the worker with the
-- employer's name, of each spell, recognition and authorization; what settlements in force have taken from each
-- allowance; and the devices that the fund helped to pay in settlements in force, not given back. Beside each stands the
-- instant by which it is effective, as `instant` tells it.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT w.*, (SELECT now FROM clock) AS now,
       (SELECT coalesce(max(version), 0) FROM reference_version
        WHERE effective_at <= (SELECT now FROM clock)) AS reference_version,
       (SELECT e.name FROM employer AS e
        WHERE e.employer_id = w.employer_id AND e.effective_at <= (SELECT now FROM clock)
        ORDER BY e.version DESC LIMIT 1) AS employer_name,
       ARRAY(SELECT DISTINCT ON (e.enrolment_no) e.content FROM enrolment AS e
             WHERE e.worker_id = w.worker_id AND e.effective_at <= (SELECT now FROM clock)
             ORDER BY e.enrolment_no, e.version DESC) AS enrolments,
       ARRAY(SELECT DISTINCT ON (r.recognition_no) r.content_sealed FROM recognition AS r
             WHERE r.worker_id = w.worker_id AND r.effective_at <= (SELECT now FROM clock)
             ORDER BY r.recognition_no, r.version DESC) AS recognitions,
       ARRAY(SELECT DISTINCT ON (a.authorization_no) a.content FROM "authorization" AS a
             WHERE a.worker_id = w.worker_id AND a.effective_at <= (SELECT now FROM clock)
             ORDER BY a.authorization_no, a.version DESC) AS authorizations,
       (SELECT json_agg(json_build_object('allowance_id', u.allowance_id, 'fund_fen', u.fund_fen,
                                          'quantity', trim_scale(u.quantity)::text, 'days', u.days)
                        ORDER BY u.settlement_id, u.allowance_id)
        FROM allowance_use AS u
        WHERE u.worker_id = w.worker_id
          AND NOT EXISTS (
              SELECT FROM settlement AS c WHERE c.worker_id = u.worker_id AND c.original_id = u.settlement_id
          ))::text AS used,
       (SELECT json_agg(json_build_object('catalog_code', l.catalog_code, 'issued_on', l.occurred_on,
                                          'settlement_id', l.settlement_id, 'item_no', l.item_no)
                        ORDER BY l.settlement_id, l.item_no)
        FROM settled_line AS l
        WHERE l.worker_id = w.worker_id AND l.has_device AND l.sort = 'device'
          AND l.fund_fen > 0 AND l.charged_fen > 0 AND l.refunds_item_no IS NULL
          AND NOT EXISTS (
              SELECT FROM settlement AS c WHERE c.worker_id = l.worker_id AND c.original_id = l.settlement_id
          )
          AND l.quantity + coalesce((
              SELECT sum(r.quantity) FROM settled_line AS r
              WHERE r.worker_id = l.worker_id AND r.has_device AND r.sort = 'device' AND r.visit_id = l.visit_id
                AND r.refunds_item_no = l.item_no AND r.quantity < 0
                AND NOT EXISTS (
                    SELECT FROM settlement AS c WHERE c.worker_id = r.worker_id AND c.original_id = r.settlement_id
                )
          ), 0) > 0)::text AS devices
FROM (
    SELECT DISTINCT ON (worker_id) *
    FROM worker
    WHERE worker_id = ANY($1::text[]) AND effective_at <= (SELECT now FROM clock)
    ORDER BY worker_id, version DESC
) AS w;

-- name: visits_by_id
-- Visits as they stand: pairs of worker and visit.
SELECT v.*
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, visit_id)
JOIN visit AS v ON v.worker_id = asked.worker_id AND v.visit_id = asked.visit_id;

-- name: item_sheets
-- The items of visits, a row a message, in the order of their coming.
SELECT s.*
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, visit_id)
JOIN item_sheet AS s ON s.worker_id = asked.worker_id AND s.visit_id = asked.visit_id
ORDER BY s.first_position;

-- name: items_withdrawn_by
-- The items of visits that the named message withdrew, each with the message that brought it.
SELECT i.item_no, i.message_id
FROM item AS i
WHERE i.worker_id = $1 AND i.visit_id = $2 AND i.withdrawn_by = $3
ORDER BY i.position;

-- name: settlements_in_force
-- The settlements of visits that nothing has cancelled.
SELECT s.*
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, visit_id)
JOIN settlement AS s ON s.worker_id = asked.worker_id AND s.visit_id = asked.visit_id
WHERE s.kind = 'settlement'
  AND NOT EXISTS (
      SELECT FROM settlement AS c WHERE c.worker_id = s.worker_id AND c.original_id = s.settlement_id
  )
ORDER BY s.interim_no;

-- name: postings_of
-- The postings of the named settlements: pairs of worker and settlement.
SELECT p.*
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, settlement_id)
JOIN posting AS p ON p.worker_id = asked.worker_id AND p.settlement_id = asked.settlement_id
ORDER BY p.settlement_id, p.posting_no;

-- name: previews_of
-- The last previews of visits' bills.
SELECT p.*
FROM unnest($1::text[], $2::uuid[]) AS asked (worker_id, visit_id)
JOIN preview AS p ON p.worker_id = asked.worker_id AND p.visit_id = asked.visit_id;

-- name: keep_preview
-- Keeps the sums of a preview beside the visit.
INSERT INTO preview (worker_id, visit_id, bill_no, items_sha256, charged_fen, fund_fen, worker_fen, employer_fen,
                     provider_fen, previewed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (worker_id, visit_id, bill_no) DO UPDATE
SET items_sha256 = excluded.items_sha256, charged_fen = excluded.charged_fen, fund_fen = excluded.fund_fen,
    worker_fen = excluded.worker_fen, employer_fen = excluded.employer_fen, provider_fen = excluded.provider_fen,
    previewed_at = excluded.previewed_at;

-- name: add_entries_names_and_messages
-- Adds postings ($1 to $7), bill keys ($8 to $14) and messages ($15 to $27) in one statement.
WITH postings AS (
    INSERT INTO posting (worker_id, settlement_id, posting_no, debit, credit, fen, settlement_day)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::bigint[], $7::date[])
), names AS (
    INSERT INTO bill_key (provider_code, kind, key, worker_id, visit_id, settlement_id, message_id)
    SELECT * FROM unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::uuid[], $14::text[])
)
INSERT INTO message (provider_code, message_id, verb, content_sha256, raw_sha256, worker_id, visit_id, settlement_id,
                     received_at, reversed_by, request_sealed, answer_sealed, reversed_answer_sealed)
SELECT * FROM unnest($15::text[], $16::text[], $17::text[], $18::bytea[], $19::bytea[], $20::text[], $21::uuid[],
                     $22::uuid[], $23::timestamptz[], $24::text[], $25::bytea[], $26::bytea[], $27::bytea[]);

-- name: change_visits
-- Moves visits to a new state.
UPDATE visit AS v
SET state = n.state, bills = n.bills, discharged_at = n.discharged_at,
    qualification_ids = string_to_array(n.qualification_ids, '|')
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])
     AS n (worker_id, visit_id, state, bills, discharged_at, qualification_ids)
WHERE v.worker_id = n.worker_id AND v.visit_id = n.visit_id;

-- name: amend_visits
-- Amends the terms of visits that are columns of their own (diagnoses joined by `|`), and the sealed whole of them.
UPDATE visit AS v
SET visit_kind = n.visit_kind, admitted_at = n.admitted_at, diagnosis_codes = string_to_array(n.diagnosis_codes, '|'),
    department_code = n.department_code, emergency = n.emergency, stabilised_at = n.stabilised_at,
    third_party_paid_fen = n.third_party_paid_fen, terms_sealed = n.terms_sealed
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::boolean[],
            $8::timestamptz[], $9::bigint[], $10::bytea[])
     AS n (worker_id, visit_id, visit_kind, admitted_at, diagnosis_codes, department_code, emergency, stabilised_at,
           third_party_paid_fen, terms_sealed)
WHERE v.worker_id = n.worker_id AND v.visit_id = n.visit_id;

-- name: amended_by
-- What the named message amended of a visit.
SELECT terms_sealed FROM visit_amendment WHERE worker_id = $1 AND visit_id = $2 AND message_id = $3;

-- name: settle_items
-- Marks live items as settled, or as unsettled again.
WITH n AS (
    SELECT worker_id, visit_id, array_agg(item_no) AS item_nos, array_agg(value) AS changed
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[]) AS n (worker_id, visit_id, item_no, value)
    GROUP BY worker_id, visit_id
)
UPDATE item_sheet AS s
SET settlement_ids = (
    SELECT array_agg(CASE WHEN c.item_no IS NULL THEN t.settlement_id ELSE c.value END ORDER BY t.place)
    FROM unnest(s.item_nos, s.settlement_ids, s.withdrawn_by) WITH ORDINALITY
         AS t (item_no, settlement_id, withdrawn, place)
    LEFT JOIN unnest(n.item_nos, n.changed) AS c (item_no, value)
      ON c.item_no = t.item_no AND t.withdrawn IS NULL
)
FROM n
WHERE s.worker_id = n.worker_id AND s.visit_id = n.visit_id AND s.item_nos && n.item_nos;

-- name: withdraw_items
-- Withdraws live items.
WITH n AS (
    SELECT worker_id, visit_id, array_agg(item_no) AS item_nos, array_agg(value) AS changed
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) AS n (worker_id, visit_id, item_no, value)
    GROUP BY worker_id, visit_id
)
UPDATE item_sheet AS s
SET withdrawn_by = (
    SELECT array_agg(CASE WHEN c.item_no IS NULL THEN t.withdrawn ELSE c.value END ORDER BY t.place)
    FROM unnest(s.item_nos, s.settlement_ids, s.withdrawn_by) WITH ORDINALITY
         AS t (item_no, settlement_id, withdrawn, place)
    LEFT JOIN unnest(n.item_nos, n.changed) AS c (item_no, value)
      ON c.item_no = t.item_no AND t.withdrawn IS NULL
)
FROM n
WHERE s.worker_id = n.worker_id AND s.visit_id = n.visit_id AND s.item_nos && n.item_nos;

-- name: restore_items
-- Brings back items that a message withdrew.
WITH n AS (
    SELECT worker_id, visit_id, array_agg(item_no) AS item_nos, array_agg(withdrawn_by) AS messages
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) AS n (worker_id, visit_id, item_no, withdrawn_by)
    GROUP BY worker_id, visit_id
)
UPDATE item_sheet AS s
SET withdrawn_by = (
    SELECT array_agg(CASE WHEN c.item_no IS NULL THEN t.withdrawn END ORDER BY t.place)
    FROM unnest(s.item_nos, s.withdrawn_by) WITH ORDINALITY AS t (item_no, withdrawn, place)
    LEFT JOIN unnest(n.item_nos, n.messages) AS c (item_no, message_id)
      ON c.item_no = t.item_no AND c.message_id = t.withdrawn
)
FROM n
WHERE s.worker_id = n.worker_id AND s.visit_id = n.visit_id AND s.item_nos && n.item_nos;

-- name: free_keys
-- Frees bill keys after a cancellation or reversal.
DELETE FROM bill_key AS k
USING unnest($1::text[], $2::text[], $3::text[]) AS n (provider_code, kind, key)
WHERE k.provider_code = n.provider_code AND k.kind = n.kind AND k.key = n.key;

-- name: reverse_messages
-- Marks messages as reversed and keeps the answer that their id gives from now on.
UPDATE message AS m
SET reversed_by = n.reversed_by, reversed_answer_sealed = n.answer
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS n (provider_code, message_id, reversed_by, answer)
WHERE m.provider_code = n.provider_code AND m.message_id = n.message_id;

-- name: sign_out
-- Closes operators' cycles; one that is closed stays closed since when it was.
UPDATE sign_in AS s
SET signed_out_at = coalesce(s.signed_out_at, n.signed_out_at)
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (provider_code, sign_no, signed_out_at)
WHERE s.provider_code = n.provider_code AND s.sign_no = n.sign_no;

-- name: match_filings_asked
-- Filings that a message of a provider may be about: those of its numbers, and of its and their local codes those that
-- are pending or were approved; with how many of the provider's are pending in all.
WITH named AS (
    SELECT unnest($2::text[]) AS local_code
    UNION
    SELECT local_code FROM match_filing WHERE provider_code = $1::text AND filing_no = ANY($3::text[])
)
SELECT f.*, p.pending
FROM (SELECT count(*) AS pending FROM match_filing WHERE provider_code = $1::text AND state = 'pending') AS p
LEFT JOIN match_filing AS f
  ON f.provider_code = $1::text
 AND (f.filing_no = ANY($3::text[])
      OR f.state IN ('pending', 'approved') AND f.local_code IN (SELECT local_code FROM named));

-- name: match_filings_left_by
-- Filings that a message made or changed, and what else is pending of their local codes.
WITH mine AS (
    SELECT * FROM match_filing WHERE provider_code = $1::text AND (message_id = $2::text OR changed_by = $2::text)
)
SELECT * FROM mine
UNION
SELECT f.*
FROM match_filing AS f
WHERE f.provider_code = $1::text AND f.state = 'pending' AND f.local_code IN (SELECT local_code FROM mine);

-- name: change_match_filings
-- Filings withdrawn, reversed, or pending again.
UPDATE match_filing AS f
SET state = n.state, changed_at = n.changed_at, changed_by = n.changed_by
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
     AS n (provider_code, filing_no, state, changed_at, changed_by)
WHERE f.provider_code = n.provider_code AND f.filing_no = n.filing_no;

-- name: note_refusals
-- Keeps the last refusal of each message id.
INSERT INTO refusal AS r (provider_code, message_id, verb, content_sha256, codes, status, refused_at, times,
                          faults_sealed)
SELECT DISTINCT ON (provider_code, message_id)
       provider_code, message_id, verb, content_sha256, string_to_array(codes, '|'), status, refused_at, 1,
       faults_sealed
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::int[], $7::timestamptz[], $8::bytea[])
     AS n (provider_code, message_id, verb, content_sha256, codes, status, refused_at, faults_sealed)
ORDER BY provider_code, message_id
ON CONFLICT (provider_code, message_id) DO UPDATE
SET verb = excluded.verb, content_sha256 = excluded.content_sha256, codes = excluded.codes,
    status = excluded.status, refused_at = excluded.refused_at, times = r.times + 1,
    faults_sealed = excluded.faults_sealed;

-- name: note_conflicts
-- Keeps the digest of other content that came under a known message id.
INSERT INTO message_conflict (provider_code, message_id, content_sha256, seen_at)
SELECT DISTINCT provider_code, message_id, content_sha256, seen_at
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[])
     AS n (provider_code, message_id, content_sha256, seen_at)
ORDER BY provider_code, message_id, content_sha256
ON CONFLICT DO NOTHING;

-- name: sign_in_by_no
-- An operator's cycle.
SELECT * FROM sign_in WHERE provider_code = $1 AND sign_no = $2;

-- name: settlement_place
-- Whose a provider's settlement is.
SELECT worker_id FROM message WHERE provider_code = $1 AND settlement_id = $2;

-- name: settlement_by_id
-- One settlement, with its cancellation where there is one.
SELECT s.*, c.settlement_id AS cancelled_by
FROM settlement AS s
LEFT JOIN settlement AS c ON c.worker_id = s.worker_id AND c.original_id = s.settlement_id
WHERE s.worker_id = $1 AND s.settlement_id = $2;

-- name: worker_by_certno
-- Who stands behind an identity number's blind index.
SELECT worker_id FROM worker_identity WHERE certno_index = $1;

-- name: qualification_holders
-- Who holds qualifications of that number: one worker, as a rule.
SELECT worker_id FROM qualification_holder WHERE qualification_id = $1 ORDER BY worker_id LIMIT 2;

-- name: referral_by_no
-- A provider's referral, where its number stands: who holds the number leads to the worker.
SELECT r.*, c.cancelled_at
FROM bill_key AS k
JOIN referral AS r ON r.worker_id = k.worker_id AND r.referral_no = k.key
LEFT JOIN referral_cancellation AS c ON c.worker_id = r.worker_id AND c.referral_no = r.referral_no
WHERE k.provider_code = $1 AND k.kind = 'referral' AND k.key = $2;

-- name: referrals_under
-- A provider's referrals under a qualification of workers that have not been reversed, the newest first.
SELECT r.*, c.cancelled_at
FROM referral AS r
JOIN bill_key AS k ON k.provider_code = r.provider_code AND k.kind = 'referral' AND k.key = r.referral_no
LEFT JOIN referral_cancellation AS c ON c.worker_id = r.worker_id AND c.referral_no = r.referral_no
WHERE r.worker_id = ANY($1::text[]) AND r.provider_code = $2 AND r.qualification_id = $3
ORDER BY r.filed_at DESC, r.referral_no
LIMIT $4;

-- name: visits_open
-- Whether a worker is in hospital anywhere.
SELECT count(*) AS visits FROM visit
WHERE worker_id = $1 AND visit_kind = 'inpatient' AND state IN ('open', 'part_settled') AND discharged_at IS NULL;

-- name: alive
-- Whether the database answers.
SELECT true AS alive;

-- name: is_sandbox
-- Whether a database is a sandbox's (gateway/sandbox/schema.sql).
SELECT to_regnamespace('sandbox') IS NOT NULL AS is_sandbox;
