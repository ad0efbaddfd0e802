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
    ADD COLUMN lines json NOT NULL DEFAULT '{}',
    ADD COLUMN has_device boolean NOT NULL DEFAULT false,
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
SET lines = l.lines, has_device = l.has_device
FROM (
    SELECT worker_id, settlement_id, coalesce(bool_or(sort = 'device'), false) AS has_device, json_build_object(
               'item_no', json_agg(item_no ORDER BY item_no),
               'refunds_item_no', json_agg(refunds_item_no ORDER BY item_no),
               'catalog_code', json_agg(catalog_code ORDER BY item_no),
               'sort', json_agg(sort ORDER BY item_no),
               'occurred_on', json_agg(occurred_on ORDER BY item_no),
               'quantity', json_agg(trim_scale(quantity)::text ORDER BY item_no),
               'charged_fen', json_agg(charged_fen ORDER BY item_no),
               'fund_fen', json_agg(fund_fen ORDER BY item_no),
               'worker_fen', json_agg(worker_fen ORDER BY item_no),
               'employer_fen', json_agg(employer_fen ORDER BY item_no),
               'provider_fen', json_agg(provider_fen ORDER BY item_no),
               'recognition_no', json_agg(recognition_no ORDER BY item_no),
               'authorization_no', json_agg(authorization_no ORDER BY item_no),
               'funded_quantity', json_agg(trim_scale(funded_quantity)::text ORDER BY item_no),
               'third_party_fen', json_agg(third_party_fen ORDER BY item_no)
           ) AS lines
    FROM settled_line
    GROUP BY worker_id, settlement_id
) AS l
WHERE l.worker_id = s.worker_id AND l.settlement_id = s.settlement_id;

ALTER TABLE settlement
    ALTER COLUMN lines DROP DEFAULT,
    ALTER COLUMN has_device DROP DEFAULT,
    ALTER COLUMN receipt_jws SET NOT NULL;

DROP TABLE item_before;
DROP TABLE settled_line;
DROP TABLE decision;
DROP TABLE receipt;
DROP TABLE settlement_locator;

CREATE INDEX settlement_device ON settlement (worker_id) WHERE has_device;

-- The lines, a row a line.
CREATE VIEW settled_line AS
SELECT s.worker_id, s.settlement_id, t.item_no, s.visit_id, t.refunds_item_no, t.catalog_code, t.sort, t.occurred_on,
       t.quantity, t.charged_fen, t.fund_fen, t.worker_fen, t.employer_fen, t.provider_fen, t.recognition_no,
       t.authorization_no, t.funded_quantity, t.third_party_fen, s.has_device
FROM settlement AS s,
     json_to_record(s.lines) AS c (
         item_no text[], refunds_item_no text[], catalog_code text[], sort text[], occurred_on date[],
         quantity numeric(16, 4)[], charged_fen bigint[], fund_fen bigint[], worker_fen bigint[], employer_fen bigint[],
         provider_fen bigint[], recognition_no text[], authorization_no text[], funded_quantity numeric(16, 4)[],
         third_party_fen bigint[]
     ),
     unnest(c.item_no, c.refunds_item_no, c.catalog_code, c.sort, c.occurred_on, c.quantity, c.charged_fen, c.fund_fen,
            c.worker_fen, c.employer_fen, c.provider_fen, c.recognition_no, c.authorization_no, c.funded_quantity,
            c.third_party_fen)
     AS t (item_no, refunds_item_no, catalog_code, sort, occurred_on, quantity, charged_fen, fund_fen, worker_fen,
           employer_fen, provider_fen, recognition_no, authorization_no, funded_quantity, third_party_fen);

ALTER TABLE message SET (toast_tuple_target = 8160);
CREATE INDEX message_settlement ON message (provider_code, settlement_id) WHERE settlement_id IS NOT NULL;
