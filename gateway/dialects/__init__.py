"""The dialects that are spoken here: found, told apart by version, and kept apart where they came from elsewhere."""
