"""A message's way through the house, on one page."""
