-- What a refusal told its caller, sealed: an operator reads the very words, with the facts that their codes leave out.

ALTER TABLE refusal ADD COLUMN faults_sealed bytea;
