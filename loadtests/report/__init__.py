"""A run's report: one HTML page that works offline, and a summary for the terminal."""

from loadtests.report.page import render
from loadtests.report.terminal import show

__all__ = ["render", "show"]
