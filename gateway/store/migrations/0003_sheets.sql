-- Items and settled lines were a row each, forty rows and sixty index entries a bill; now a message's items and a
-- settlement's lines are one row, and views show them a row each as before.
ALTER TABLE item RENAME TO item_before;
ALTER TABLE settled_line RENAME TO settled_line_before;

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

-- The lines of a settlement, in one row: column by column, in the order of the bill. Quantities are decimal texts 16,4.
CREATE TABLE line_sheet (
    worker_id text NOT NULL,
    settlement_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    item_nos text[] NOT NULL,
    refunds_item_nos text[] NOT NULL,
    catalog_codes text[] NOT NULL,
    sorts text[] NOT NULL,
    occurred_on date[] NOT NULL,
    quantities text[] NOT NULL,
    charged_fen bigint[] NOT NULL,
    fund_fen bigint[] NOT NULL,
    worker_fen bigint[] NOT NULL,
    employer_fen bigint[] NOT NULL,
    provider_fen bigint[] NOT NULL,
    recognition_nos text[] NOT NULL,
    authorization_nos text[] NOT NULL,
    funded_quantities text[] NOT NULL,
    third_party_fen bigint[] NOT NULL,
    PRIMARY KEY (worker_id, settlement_id)
) WITH (toast_tuple_target = 8160);
CREATE INDEX line_sheet_device ON line_sheet (worker_id) WHERE 'device' = ANY (sorts);

-- The same, a row a line. has_device: whether any line of the settlement is a device; the index knows.
CREATE VIEW settled_line AS
SELECT s.worker_id, s.settlement_id, t.item_no, s.visit_id, t.refunds_item_no, t.catalog_code, t.sort, t.occurred_on,
       t.quantity::numeric(16, 4) AS quantity, t.charged_fen, t.fund_fen, t.worker_fen, t.employer_fen, t.provider_fen,
       t.recognition_no, t.authorization_no, t.funded_quantity::numeric(16, 4) AS funded_quantity, t.third_party_fen,
       'device' = ANY (s.sorts) AS has_device
FROM line_sheet AS s,
     unnest(s.item_nos, s.refunds_item_nos, s.catalog_codes, s.sorts, s.occurred_on, s.quantities, s.charged_fen,
            s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen, s.recognition_nos, s.authorization_nos,
            s.funded_quantities, s.third_party_fen)
     AS t (item_no, refunds_item_no, catalog_code, sort, occurred_on, quantity, charged_fen, fund_fen, worker_fen,
           employer_fen, provider_fen, recognition_no, authorization_no, funded_quantity, third_party_fen);

INSERT INTO item_sheet
SELECT worker_id, visit_id, message_id, min(position), array_agg(item_no ORDER BY position),
       array_agg(amount_fen ORDER BY position),
       convert_to('[' || string_agg(content, ',' ORDER BY position) || ']', 'UTF8'),
       array_agg(settlement_id ORDER BY position), array_agg(withdrawn_by ORDER BY position)
FROM item_before
GROUP BY worker_id, visit_id, message_id;

INSERT INTO line_sheet
SELECT worker_id, settlement_id, visit_id, array_agg(item_no ORDER BY item_no),
       array_agg(refunds_item_no ORDER BY item_no), array_agg(catalog_code ORDER BY item_no),
       array_agg(sort ORDER BY item_no), array_agg(occurred_on ORDER BY item_no),
       array_agg(trim_scale(quantity)::text ORDER BY item_no), array_agg(charged_fen ORDER BY item_no),
       array_agg(fund_fen ORDER BY item_no), array_agg(worker_fen ORDER BY item_no),
       array_agg(employer_fen ORDER BY item_no), array_agg(provider_fen ORDER BY item_no),
       array_agg(recognition_no ORDER BY item_no), array_agg(authorization_no ORDER BY item_no),
       array_agg(trim_scale(funded_quantity)::text ORDER BY item_no), array_agg(third_party_fen ORDER BY item_no)
FROM settled_line_before
GROUP BY worker_id, settlement_id, visit_id;

DROP TABLE item_before;
DROP TABLE settled_line_before;
