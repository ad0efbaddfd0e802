-- Providers file catalog matches; the agency approves or refuses them.

-- What providers file of catalog matches (目录对照), and what became of it: decisions rest on catalog_match alone.
CREATE TABLE match_filing (
    provider_code text NOT NULL,
    filing_no text NOT NULL,
    act text NOT NULL CHECK (act IN ('match', 'end')),
    local_code text NOT NULL,
    local_name text,
    catalog_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    area text NOT NULL,
    scheme text NOT NULL,
    filed_at timestamptz NOT NULL,
    message_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn', 'reversed')),
    changed_at timestamptz,
    changed_by text,
    reason text,
    version bigint,
    effective_at timestamptz,
    PRIMARY KEY (provider_code, filing_no),
    CHECK ((state = 'pending') = (changed_at IS NULL)),
    CHECK ((state IN ('withdrawn', 'reversed')) = (changed_by IS NOT NULL)),
    CHECK (state <> 'refused' OR reason IS NOT NULL),
    CHECK ((state = 'approved') = (version IS NOT NULL)),
    CHECK ((state = 'approved') = (effective_at IS NOT NULL)),
    CHECK (act = 'match' OR valid_to IS NOT NULL)
);
CREATE INDEX match_filing_filed ON match_filing (provider_code, filed_at DESC, filing_no);
CREATE INDEX match_filing_local_code ON match_filing (provider_code, local_code);
CREATE INDEX match_filing_message ON match_filing (provider_code, message_id);
CREATE INDEX match_filing_changed_by ON match_filing (provider_code, changed_by) WHERE changed_by IS NOT NULL;
CREATE INDEX match_filing_pending ON match_filing (provider_code) WHERE state = 'pending';
