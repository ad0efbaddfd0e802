"""Load kit: what this gateway holds, measured by an open-loop client and believed only after an audit of the money."""
