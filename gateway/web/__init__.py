"""The edge: sockets, limits, who is calling, signatures on every answer."""
