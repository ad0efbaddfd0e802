"""Providers, catalogs, matches and policy in memory: immutable, swapped at the instant a version says."""
