"""Adapters of other packages: each in a process of its own, with limits on memory and time, killed and respawned."""
