"""An invented city: seeded, the same bytes for the same seed. Codes and limits are real, prices and names are not."""
