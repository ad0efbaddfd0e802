"""Serves the fixed house as a process of its own: `python serving.py PORT_FILE`; settings as environment."""

import os
import sys
from pathlib import Path

from gateway.settings import load
from gateway.signing.keys import SigningKey
from gateway.web.running import run, serve
from tests.web.fixed_house import FixedHouse


def main(port_file: Path) -> None:
    def started(port: int) -> None:
        waiting = port_file.with_suffix(".new")
        waiting.write_text(str(port))
        waiting.rename(port_file)

    house = FixedHouse(SigningKey.from_pkcs8(port_file.with_suffix(".key").read_bytes()))
    run(serve(house, load(None, os.environ, {"port": 0}).web, on_started=started))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
