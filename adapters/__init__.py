"""One module a dialect: bytes to canonical request, canonical answer to bytes."""
