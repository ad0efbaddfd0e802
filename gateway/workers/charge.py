"""What a parent gives its workers: settings' origin, sockets, and the database and secrets it has opened."""

import os
import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from gateway.settings import Settings, load

CHARGE_BYTES_MAX = 65_536
REFUSED_STATUS = 78
"""Exit status of a worker that said on stderr what is wrong with its settings or its database (EX_CONFIG)."""


class Charge(Struct, frozen=True, kw_only=True):
    """Sent as the first packet of a worker's control socket, so that no password stands in an argument list."""

    config: str | None
    flags: dict[str, str | int | None]
    listening_fds: tuple[int, ...]
    mllp_fds: tuple[int, ...] = ()
    giving_fd: int
    taking_fd: int

    @property
    def fds(self) -> tuple[int, ...]:
        """Return what a worker inherits beside its control socket, under the same numbers."""
        return (*self.listening_fds, *self.mllp_fds, self.giving_fd, self.taking_fd)


def settings_of(config: str | None, flags: dict[str, str | int | None]) -> Settings:
    """Return the settings of file, environment and flags; workers read them anew. Raises BadSettings."""
    environ = {name: value for name, value in os.environ.items() if name != "GATEWAY_CONFIG"}
    return load(Path(config) if config else None, environ, flags)


def send(charge: Charge, control: socket.socket) -> None:
    """Send the charge to a worker."""
    control.send(msgspec.json.encode(charge))


def receive(control: socket.socket) -> Charge:
    """Wait for the charge; raises EOFError where the parent is gone."""
    packet = control.recv(CHARGE_BYTES_MAX)
    if not packet:
        raise EOFError
    return msgspec.json.decode(packet, type=Charge)
