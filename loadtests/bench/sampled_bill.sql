-- The newest bill that came as one document and settled.
SELECT settlement_id, visit_id
FROM message
WHERE verb = 'SubmitBill' AND settlement_id IS NOT NULL
ORDER BY received_at DESC
LIMIT 1
