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

-- A message's fate, however often it was sent: what its answers said, and where none decided, what QueryOutcome said.
CREATE TEMPORARY VIEW fate AS
SELECT s.provider_code, s.message_id, s.verb, s.visit_no, s.bill_no, s.expects, s.reverses,
       bool_or(s.done) AS done, bool_or(s.refused) AS refused, max(s.code) AS code,
       max(t.outcome) AS outcome,
       coalesce(bool_or(s.done) OR max(t.outcome) IN ('settled', 'reversed'), false) AS took_effect,
       s.provider_code || ' message ' || s.message_id
           || CASE WHEN s.bill_no = '' THEN '' ELSE ' visit ' || s.visit_no || ' bill ' || s.bill_no END AS named
FROM said AS s
LEFT JOIN told AS t ON t.provider_code = s.provider_code AND t.message_id = s.message_id
GROUP BY s.provider_code, s.message_id, s.verb, s.visit_no, s.bill_no, s.expects, s.reverses;
