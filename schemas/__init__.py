"""Canonical requests, answers and facts; the words every room shares."""
