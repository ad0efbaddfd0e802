"""One worker: `python -m gateway.workers CONTROL_FD`, started by a parent only."""

import socket
import sys

from gateway.workers.charge import REFUSED_STATUS, Charge, receive, settings_of


def main(control_fd: int) -> int:
    """Serve on the parent's sockets until told to stop; return the exit status."""
    from gateway.settings import BadSettings
    from gateway.store.errors import StoreError

    control = inherited(control_fd)
    try:
        serve(receive(control), control)
    except (BadSettings, StoreError) as refused:
        print(refused, file=sys.stderr)  # noqa: T201 - the operator reads it there
        return REFUSED_STATUS
    except EOFError:
        return 0
    return 0


def serve(charge: Charge, control: socket.socket) -> None:
    """Open what the settings name now, and serve."""
    from gateway import app
    from gateway.web.parent import Handover, Parent
    from gateway.web.running import run

    sockets = [inherited(fd) for fd in charge.listening_fds]
    mllp_sockets = [inherited(fd) for fd in charge.mllp_fds]
    parent = Parent(control, Handover(inherited(charge.giving_fd), inherited(charge.taking_fd)))
    settings = settings_of(charge.config, charge.flags)
    target, seals = app.opened(settings)
    with target:
        run(
            app.serve(
                settings,
                target,
                seals,
                lambda _port: parent.tell_accepting(),
                sockets=sockets,
                mllp_sockets=mllp_sockets,
                parent=parent,
            )
        )


def inherited(fd: int) -> socket.socket:
    """Return the socket of an inherited descriptor, which our own children do not inherit."""
    sock = socket.socket(fileno=fd)
    sock.set_inheritable(False)
    return sock


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
