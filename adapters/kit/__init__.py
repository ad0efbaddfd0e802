"""The pure half of an adapter's workshop: golden cases, the contract's rules, and what came from where."""
