-- A message's fate, however often it was sent: what its answers said, and where none decided, what QueryOutcome said.
CREATE TEMPORARY TABLE fate AS
SELECT s.provider_code, s.message_id, s.verb, s.visit_no, s.bill_no, s.expects, s.reverses,
       bool_or(s.done) AS done, bool_or(s.refused) AS refused, max(s.code) AS code,
       max(t.outcome) AS outcome,
       coalesce(bool_or(s.done) OR max(t.outcome) IN ('settled', 'reversed'), false) AS took_effect,
       s.provider_code || ' message ' || s.message_id
           || CASE WHEN s.bill_no = '' THEN '' ELSE ' visit ' || s.visit_no || ' bill ' || s.bill_no END AS named
FROM said AS s
LEFT JOIN told AS t ON t.provider_code = s.provider_code AND t.message_id = s.message_id
GROUP BY s.provider_code, s.message_id, s.verb, s.visit_no, s.bill_no, s.expects, s.reverses;

-- Whatever the planner expects of the joins, none of them is a walk through all messages for each message.
CREATE UNIQUE INDEX ON fate (provider_code, message_id, verb, visit_no, bill_no, expects, reverses);
CREATE INDEX ON fate (provider_code, visit_no, bill_no);
