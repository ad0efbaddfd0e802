"""Bills made ahead of the clock: whole HTTP requests as bytes, and what the audit must know of each."""
