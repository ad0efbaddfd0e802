"""The batcher: what arrives together commits together."""
