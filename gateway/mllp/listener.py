"""Listens for MLLP beside the edge of HTTP: begins with it, drains with it, ends with it."""

import asyncio
import socket
from collections.abc import Sequence

from gateway.mllp.conversation import Conversation, Hall, House, Wording
from gateway.mllp.tls import tls_of
from gateway.settings import MllpSettings
from gateway.web.logs import fault_of
from gateway.web.server import Edge

CROWD_CONNECTIONS_FACTOR = 2
"""Past connections_max a line is told so and ended; past this many times it, it is cut at once."""


class Listener:
    """Keeps the MLLP connections of one process; the sockets may be shared with other workers."""

    def __init__(
        self, house: House, wording: Wording, settings: MllpSettings, sockets: Sequence[socket.socket]
    ) -> None:
        """Take the house, the dialect, the bounds, and sockets that listen. Raises BadSettings for unusable TLS."""
        self._house = house
        self._wording = wording
        self._settings = settings
        self._sockets = sockets
        self._tls = tls_of(settings)
        self._servers: list[asyncio.Server] = []
        self._conversations: set[Conversation] = set()
        self._hall: Hall | None = None

    async def start(self, edge: Edge) -> None:
        """Accept from now on; frames under way are counted as the edge's work."""
        self._hall = Hall(self._house, self._wording, self._settings, edge)
        timeout = self._settings.frame_read_seconds_max if self._tls else None
        for sock in self._sockets:
            server = await asyncio.start_server(
                self._connected,
                sock=sock,
                ssl=self._tls,
                ssl_handshake_timeout=timeout,
                backlog=self._settings.backlog_connections_max,
            )
            self._servers.append(server)
            edge.log.info("mllp.started", port=int(sock.getsockname()[1]))

    def drain(self) -> None:
        """Accept no more; end what is idle, and what is under way after its answers."""
        for server in self._servers:
            server.close()
        for conversation in list(self._conversations):
            conversation.drain()

    def stop(self) -> None:
        """Cut what is left."""
        for conversation in list(self._conversations):
            conversation.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._hall is not None
        conversation = Conversation(self._hall, reader, writer)
        self._conversations.add(conversation)
        try:
            if len(self._conversations) > self._settings.connections_max * CROWD_CONNECTIONS_FACTOR:
                conversation.abort()
            elif len(self._conversations) > self._settings.connections_max:
                await conversation.turn_away()
            else:
                await conversation.run()
        except Exception as error:  # noqa: BLE001 one line's fault must not pass without a word, nor end the others
            self._hall.edge.log.error(  # noqa: TRY400 the text of an exception may quote a message
                "connection.broken", route="/mllp", **fault_of(error)
            )
        finally:
            self._conversations.discard(conversation)
