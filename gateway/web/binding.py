"""The sockets that listen: bound once, before anything else is opened, by whoever owns them."""

import contextlib
import errno
import socket
from typing import Protocol

from gateway.settings import BadSettings


class Listening(Protocol):
    """Where to listen."""

    @property
    def host(self) -> str:
        """Address or name of this machine; a name may stand for several addresses."""

    @property
    def port(self) -> int | None:
        """The port; 0 is any free one."""

    @property
    def backlog_connections_max(self) -> int:
        """Connections that wait in the kernel, a socket."""


def bound(settings: Listening, section: str = "web") -> list[socket.socket]:
    """Return listening sockets, one for each address of the host; port 0 takes one free port for all of them.

    Callers that connect from now on wait in the kernel, at most backlog_connections_max of them a socket. Raises
    BadSettings where the host is unknown or the port cannot be had.
    """
    sockets: list[socket.socket] = []
    port = settings.port
    assert port is not None, "who does not listen binds nothing"
    with contextlib.ExitStack() as opened:
        addresses = _addresses(settings.host, port, section)
        for family, address in addresses:
            try:
                sock = opened.enter_context(_listening(family, (address, port), settings))
            except OSError as wrong:
                if wrong.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL} and len(addresses) > 1:
                    continue  # localhost names ::1 also where the machine has no IPv6
                raise BadSettings(_said(settings.host, port, section, wrong)) from wrong
            port = sock.getsockname()[1]
            sockets.append(sock)
        if not sockets:
            raise BadSettings(f"{section}.host: none of the addresses of {settings.host} is one of this machine's")
        opened.pop_all()
    return sockets


def _addresses(host: str, port: int, section: str) -> list[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as wrong:
        raise BadSettings(
            f"{section}.host: {host} is no address or known name ({wrong.strerror}); "
            "give one of this machine's, e.g. 127.0.0.1"
        ) from wrong
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _listening(family: socket.AddressFamily, address: tuple[str, int], settings: Listening) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(address)
        sock.listen(settings.backlog_connections_max)
    except BaseException:
        sock.close()
        raise
    return sock


def _said(host: str, port: int, section: str, wrong: OSError) -> str:
    flag = "--port" if section == "web" else f"--{section}"
    cures = {
        errno.EADDRINUSE: f"end whoever listens there, or give another with {flag} (0 takes any free one)",
        errno.EACCES: f"give a port from 1024 on with {flag}, or the right to bind this one",
        errno.EADDRNOTAVAIL: "give an address of this machine with --host",
    }
    cure = cures.get(wrong.errno or 0, f"give others with --host and {flag}")
    return f"{section}.port: cannot listen on {host} port {port}: {wrong.strerror}; {cure}"
