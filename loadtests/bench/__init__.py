"""The ratios: this gateway beside plain PostgreSQL and beside itself in batches of one, interleaved in one run."""
