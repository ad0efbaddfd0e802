-- What a client sent and was answered, for audit.sql to hold against the books; gone with the session.

CREATE TEMPORARY TABLE said (
    provider_code text NOT NULL,
    message_id text NOT NULL,
    verb text NOT NULL,
    visit_no text NOT NULL,
    bill_no text NOT NULL,
    asked_fen bigint NOT NULL,
    lines int NOT NULL,
    expects text NOT NULL,
    reverses text NOT NULL,
    done boolean NOT NULL,
    refused boolean NOT NULL,
    code text NOT NULL,
    settlement_id uuid,
    charged_fen bigint,
    fund_fen bigint,
    worker_fen bigint,
    employer_fen bigint,
    provider_fen bigint
);

-- What QueryOutcome said of the messages that were asked for.
CREATE TEMPORARY TABLE told (
    provider_code text NOT NULL,
    message_id text NOT NULL,
    outcome text NOT NULL,
    settlement_id uuid
);
