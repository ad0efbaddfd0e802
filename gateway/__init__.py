"""The networked-settlement gateway: the house a bill walks through."""
