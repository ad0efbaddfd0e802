\set a random(1, 9223372036854775806)
BEGIN;
INSERT INTO one_by_one.bill VALUES (lpad(to_hex(:a::bigint), 32, '0')::uuid, 'H001', 'P12345678', now(), 246900, 240000, 1);
INSERT INTO one_by_one.line VALUES {lines};
INSERT INTO one_by_one.posting (bill_id, account, fen) VALUES {postings};
INSERT INTO one_by_one.evidence VALUES (lpad(to_hex(:a::bigint), 32, '0')::uuid, '\x{digest}', '\x{signature}', '\x{body}', '\x{signature}');
COMMIT;
