-- What a bill said of its visit, so that its cancellation takes exactly that back.
ALTER TABLE settlement
    ADD COLUMN discharged_at timestamptz,
    ADD COLUMN attached_qualification_ids text[] NOT NULL DEFAULT '{}';
