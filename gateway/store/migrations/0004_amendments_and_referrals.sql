-- What amendments changed of a visit, and referrals.

CREATE TABLE visit_amendment (
    worker_id text NOT NULL,
    visit_id uuid NOT NULL,
    message_id text NOT NULL,
    amended_at timestamptz NOT NULL,
    fields text[] NOT NULL,
    terms_sealed bytea NOT NULL,
    PRIMARY KEY (worker_id, visit_id, message_id)
);

CREATE TABLE referral (
    worker_id text NOT NULL,
    referral_no text NOT NULL,
    provider_code text NOT NULL,
    qualification_id text NOT NULL,
    recognition_no text NOT NULL,
    filed_at timestamptz NOT NULL,
    message_id text NOT NULL,
    terms_sealed bytea NOT NULL,
    PRIMARY KEY (worker_id, referral_no)
);

CREATE TABLE referral_cancellation (
    worker_id text NOT NULL,
    referral_no text NOT NULL,
    cancelled_at timestamptz NOT NULL,
    message_id text NOT NULL,
    PRIMARY KEY (worker_id, referral_no)
);

CREATE TABLE qualification_holder (
    qualification_id text NOT NULL,
    worker_id text NOT NULL,
    PRIMARY KEY (qualification_id, worker_id)
);

-- Recognitions lie sealed: of those imported before, the qualifications that some visit named can be told.
INSERT INTO qualification_holder (qualification_id, worker_id)
SELECT content::json ->> 'qualification_id', worker_id FROM "authorization"
UNION
SELECT unnest(qualification_ids), worker_id FROM visit
ON CONFLICT DO NOTHING;

-- A referral's number and its cancellation are names of a provider too, and belong to no visit.
ALTER TABLE bill_key
    ALTER visit_id DROP NOT NULL,
    DROP CONSTRAINT bill_key_kind_check,
    ADD CONSTRAINT bill_key_kind_check
        CHECK (kind IN ('visit', 'bill', 'invoice', 'referral', 'referral_cancellation')),
    ADD CONSTRAINT bill_key_check
        CHECK ((visit_id IS NULL) = (kind IN ('referral', 'referral_cancellation')));
