"""Composition root: settings to a running application; the only file that wires."""
