"""Serving on all cores: a light parent that owns the listening sockets, and workers that share only the database."""
