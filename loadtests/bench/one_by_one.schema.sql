-- The reference "one-by-one" (performance.md): what the durable write of one bill of 20 lines takes at the least.
DROP SCHEMA IF EXISTS one_by_one CASCADE;
CREATE SCHEMA one_by_one;
CREATE TABLE one_by_one.bill (
    id uuid PRIMARY KEY,
    hospital_id text NOT NULL,
    patient_ref text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    total_fen bigint NOT NULL,
    allowed_fen bigint NOT NULL,
    status smallint NOT NULL
);
CREATE TABLE one_by_one.line (
    bill_id uuid NOT NULL,
    line_no smallint NOT NULL,
    code text NOT NULL,
    quantity int NOT NULL,
    unit_fen bigint NOT NULL,
    allowed_fen bigint NOT NULL,
    decision smallint NOT NULL,
    PRIMARY KEY (bill_id, line_no)
);
CREATE TABLE one_by_one.posting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bill_id uuid NOT NULL,
    account text NOT NULL,
    fen bigint NOT NULL
);
CREATE TABLE one_by_one.evidence (
    bill_id uuid PRIMARY KEY,
    body_sha256 bytea NOT NULL,
    signature bytea NOT NULL,
    request bytea NOT NULL,
    response_signature bytea NOT NULL
);
