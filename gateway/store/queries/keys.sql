-- name: signing_keys
-- All signing keys, the newest first.
SELECT kid, public_jwk, private_sealed, created_at FROM signing_key ORDER BY created_at DESC, kid;

-- name: add_signing_key
-- Adds a signing key; it signs from now on.
INSERT INTO signing_key (kid, public_jwk, private_sealed) VALUES ($1, $2, $3) RETURNING created_at;

-- name: first_key_lock
-- Lets one process at a time see to it that there is a first key and a remembered fingerprint.
SELECT pg_advisory_xact_lock(4107001);

-- name: sealed_with
-- The fingerprint of the secrets that sealed this database.
SELECT fingerprint FROM sealed_with;

-- name: remember_seals
-- Remembers which secrets sealed this database.
INSERT INTO sealed_with (fingerprint) VALUES ($1) ON CONFLICT (only_row) DO NOTHING;
