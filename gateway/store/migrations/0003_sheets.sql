-- Items and settled lines were a row each: forty rows and sixty index entries a bill. Now a message's items are one row,
-- and a settlement is one row with its lines, its decision and its receipt; views show lines and items a row each.
ALTER TABLE item RENAME TO item_before;

-- The items that one message brought to a visit, in one row: what never changes packed (a JSON array, zstd), what
-- becomes of each side by side. That a number is live once in a visit is seen to under the worker's lock.
CREATE TABLE item_sheet (
    worker_id text NOT NULL,
    visit_id uuid NOT NULL,
    message_id text NOT NULL,
    first_position int NOT NULL,
    item_nos text[] NOT NULL,
    amounts_fen bigint[] NOT NULL,
    contents bytea NOT NULL,
    settlement_ids uuid[] NOT NULL,
    withdrawn_by text[] NOT NULL,
    PRIMARY KEY (worker_id, visit_id, message_id),
    CHECK (cardinality(item_nos) = cardinality(amounts_fen)),
    CHECK (cardinality(item_nos) = cardinality(settlement_ids)),
    CHECK (cardinality(item_nos) = cardinality(withdrawn_by))
) WITH (toast_tuple_target = 8160);

-- The same, a row an item.
CREATE VIEW item AS
SELECT s.worker_id, s.visit_id, t.item_no, s.message_id, s.first_position + t.place::int - 1 AS position, t.amount_fen,
       t.settlement_id, t.withdrawn_by
FROM item_sheet AS s,
     unnest(s.item_nos, s.amounts_fen, s.settlement_ids, s.withdrawn_by) WITH ORDINALITY
     AS t (item_no, amount_fen, settlement_id, withdrawn_by, place);

INSERT INTO item_sheet
SELECT worker_id, visit_id, message_id, min(position), array_agg(item_no ORDER BY position),
       array_agg(amount_fen ORDER BY position),
       convert_to('[' || string_agg(content, ',' ORDER BY position) || ']', 'UTF8'),
       array_agg(settlement_id ORDER BY position), array_agg(withdrawn_by ORDER BY position)
FROM item_before
GROUP BY worker_id, visit_id, message_id;

ALTER TABLE settlement
    ADD COLUMN line_item_nos text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_refunds_item_nos text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_catalog_codes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_sorts text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_days date[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_quantities text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_charged_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_fund_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_worker_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_employer_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_provider_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_recognition_nos text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_authorization_nos text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_funded_quantities text[] NOT NULL DEFAULT '{}',
    ADD COLUMN line_third_party_fen bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN context_sealed bytea,
    ADD COLUMN decision_sealed bytea,
    ADD COLUMN receipt_jws text,
    SET (toast_tuple_target = 8160);

UPDATE settlement AS s
SET context_sealed = d.context_sealed, decision_sealed = d.decision_sealed
FROM decision AS d
WHERE d.worker_id = s.worker_id AND d.settlement_id = s.settlement_id;

UPDATE settlement AS s
SET receipt_jws = r.jws
FROM receipt AS r
WHERE r.worker_id = s.worker_id AND r.settlement_id = s.settlement_id;

UPDATE settlement AS s
SET line_item_nos = l.item_nos, line_refunds_item_nos = l.refunds_item_nos, line_catalog_codes = l.catalog_codes,
    line_sorts = l.sorts, line_days = l.days, line_quantities = l.quantities, line_charged_fen = l.charged_fen,
    line_fund_fen = l.fund_fen, line_worker_fen = l.worker_fen, line_employer_fen = l.employer_fen,
    line_provider_fen = l.provider_fen, line_recognition_nos = l.recognition_nos,
    line_authorization_nos = l.authorization_nos, line_funded_quantities = l.funded_quantities,
    line_third_party_fen = l.third_party_fen
FROM (
    SELECT worker_id, settlement_id, array_agg(item_no ORDER BY item_no) AS item_nos,
           array_agg(refunds_item_no ORDER BY item_no) AS refunds_item_nos,
           array_agg(catalog_code ORDER BY item_no) AS catalog_codes, array_agg(sort ORDER BY item_no) AS sorts,
           array_agg(occurred_on ORDER BY item_no) AS days,
           array_agg(trim_scale(quantity)::text ORDER BY item_no) AS quantities,
           array_agg(charged_fen ORDER BY item_no) AS charged_fen, array_agg(fund_fen ORDER BY item_no) AS fund_fen,
           array_agg(worker_fen ORDER BY item_no) AS worker_fen,
           array_agg(employer_fen ORDER BY item_no) AS employer_fen,
           array_agg(provider_fen ORDER BY item_no) AS provider_fen,
           array_agg(recognition_no ORDER BY item_no) AS recognition_nos,
           array_agg(authorization_no ORDER BY item_no) AS authorization_nos,
           array_agg(trim_scale(funded_quantity)::text ORDER BY item_no) AS funded_quantities,
           array_agg(third_party_fen ORDER BY item_no) AS third_party_fen
    FROM settled_line
    GROUP BY worker_id, settlement_id
) AS l
WHERE l.worker_id = s.worker_id AND l.settlement_id = s.settlement_id;

ALTER TABLE settlement
    ALTER COLUMN line_item_nos DROP DEFAULT,
    ALTER COLUMN line_refunds_item_nos DROP DEFAULT,
    ALTER COLUMN line_catalog_codes DROP DEFAULT,
    ALTER COLUMN line_sorts DROP DEFAULT,
    ALTER COLUMN line_days DROP DEFAULT,
    ALTER COLUMN line_quantities DROP DEFAULT,
    ALTER COLUMN line_charged_fen DROP DEFAULT,
    ALTER COLUMN line_fund_fen DROP DEFAULT,
    ALTER COLUMN line_worker_fen DROP DEFAULT,
    ALTER COLUMN line_employer_fen DROP DEFAULT,
    ALTER COLUMN line_provider_fen DROP DEFAULT,
    ALTER COLUMN line_recognition_nos DROP DEFAULT,
    ALTER COLUMN line_authorization_nos DROP DEFAULT,
    ALTER COLUMN line_funded_quantities DROP DEFAULT,
    ALTER COLUMN line_third_party_fen DROP DEFAULT,
    ALTER COLUMN receipt_jws SET NOT NULL;

DROP TABLE item_before;
DROP TABLE settled_line;
DROP TABLE decision;
DROP TABLE receipt;
DROP TABLE settlement_locator;

CREATE INDEX settlement_device ON settlement (worker_id) WHERE 'device' = ANY (line_sorts);

-- The lines, a row a line. has_device: whether any line of the settlement is a device; the index knows.
CREATE VIEW settled_line AS
SELECT s.worker_id, s.settlement_id, t.item_no, s.visit_id, t.refunds_item_no, t.catalog_code, t.sort, t.occurred_on,
       t.quantity::numeric(16, 4) AS quantity, t.charged_fen, t.fund_fen, t.worker_fen, t.employer_fen, t.provider_fen,
       t.recognition_no, t.authorization_no, t.funded_quantity::numeric(16, 4) AS funded_quantity, t.third_party_fen,
       'device' = ANY (s.line_sorts) AS has_device
FROM settlement AS s,
     unnest(s.line_item_nos, s.line_refunds_item_nos, s.line_catalog_codes, s.line_sorts, s.line_days,
            s.line_quantities, s.line_charged_fen, s.line_fund_fen, s.line_worker_fen, s.line_employer_fen,
            s.line_provider_fen, s.line_recognition_nos, s.line_authorization_nos, s.line_funded_quantities,
            s.line_third_party_fen)
     AS t (item_no, refunds_item_no, catalog_code, sort, occurred_on, quantity, charged_fen, fund_fen, worker_fen,
           employer_fen, provider_fen, recognition_no, authorization_no, funded_quantity, third_party_fen);

ALTER TABLE message SET (toast_tuple_target = 8160);
CREATE INDEX message_settlement ON message (provider_code, settlement_id) WHERE settlement_id IS NOT NULL;
