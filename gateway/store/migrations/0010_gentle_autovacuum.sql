-- Each bill adds a wide row to these tables. Autovacuum comes to them a hundred thousand new rows later and at a fifth of
-- its pace, so that it does not take the processor from what settles; what nothing is found by has no statistics.
ALTER TABLE settlement SET (autovacuum_vacuum_cost_delay = 10, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE item_sheet SET (autovacuum_vacuum_cost_delay = 10, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE message SET (autovacuum_vacuum_cost_delay = 10, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE visit SET (autovacuum_vacuum_cost_delay = 10, autovacuum_vacuum_insert_threshold = 100000);

ALTER TABLE settlement
    ALTER COLUMN decision_sha256 SET STATISTICS 0,
    ALTER COLUMN attached_qualification_ids SET STATISTICS 0,
    ALTER COLUMN lines SET STATISTICS 0,
    ALTER COLUMN context_sealed SET STATISTICS 0,
    ALTER COLUMN decision_sealed SET STATISTICS 0,
    ALTER COLUMN receipt_jws SET STATISTICS 0;
ALTER TABLE item_sheet
    ALTER COLUMN item_nos SET STATISTICS 0,
    ALTER COLUMN amounts_fen SET STATISTICS 0,
    ALTER COLUMN contents SET STATISTICS 0,
    ALTER COLUMN settlement_ids SET STATISTICS 0,
    ALTER COLUMN withdrawn_by SET STATISTICS 0;
ALTER TABLE message
    ALTER COLUMN content_sha256 SET STATISTICS 0,
    ALTER COLUMN raw_sha256 SET STATISTICS 0,
    ALTER COLUMN request_sealed SET STATISTICS 0,
    ALTER COLUMN answer_sealed SET STATISTICS 0,
    ALTER COLUMN reversed_answer_sealed SET STATISTICS 0;
ALTER TABLE visit
    ALTER COLUMN diagnosis_codes SET STATISTICS 0,
    ALTER COLUMN qualification_ids SET STATISTICS 0,
    ALTER COLUMN terms_sealed SET STATISTICS 0;
