"""What the parent of the workers owns: the listening sockets, the handover, the folder of the counters, the log."""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial

from gateway.metrics.folder import VARIABLE, forget
from gateway.settings import WebSettings
from gateway.web import logs
from gateway.workers.charge import Charge
from gateway.workers.counters import counters_folder
from gateway.workers.crew import Crew, Plan


async def keep_up(
    settings: WebSettings,
    sockets: Sequence[socket.socket],
    config: str | None,
    flags: dict[str, str | int | None],
    on_started: Callable[[int], None],
    mllp_sockets: Sequence[socket.socket] = (),
) -> None:
    """Keep workers up on sockets that listen, until SIGTERM or SIGINT; raises NoWorkerCameUp.

    config and flags are read anew by every worker; flags name the opened database and the secrets. Handover and
    sockets stay open here, so that what waits in them outlives every worker.
    """
    giving, taking = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with giving, taking, counters_folder() as folder:
        plan = Plan(
            workers=settings.workers,
            charge=Charge(
                config=config,
                flags=flags,
                listening_fds=tuple(sock.fileno() for sock in sockets),
                mllp_fds=tuple(sock.fileno() for sock in mllp_sockets),
                giving_fd=giving.fileno(),
                taking_fd=taking.fileno(),
            ),
            environ={**os.environ, VARIABLE: str(folder)},
            drain_seconds_max=settings.drain_notice_seconds + settings.drain_seconds_max,
            on_started=partial(on_started, sockets[0].getsockname()[1]),
            on_ended=partial(forget, path=folder),
        )
        await Crew(plan, logs.logger(sys.stderr.buffer)).run()
