"""Locust scenarios: `locust -f loadtests/locustfile.py --host http://127.0.0.1:PORT --world DIR`. A closed model.

Locust's users wait for their answers, so a server that stalls is asked less: figures come from the open-loop engine.
"""

import itertools
from pathlib import Path
from typing import Any

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner

from loadtests.scenarios.numbers import LANES_MAX, Serials
from loadtests.scenarios.session import Town
from loadtests.scenarios.shapes import SHAPES
from loadtests.scenarios.users import (
    STAGES,
    DeviceSupplier,
    DocumentHospital,
    RehabilitationCentre,
    SessionHospital,
    Stage,
)
from loadtests.scenarios.world import BadWorld, read

STOP_SECONDS = 10.0
"""Users may end their visit and sign out before they are stopped; --stop-timeout may give them longer."""
TOWNS: dict[int, Town] = {}
"""The town of each locust environment of this process, by its id."""

__all__ = ["DeviceSupplier", "DocumentHospital", "RehabilitationCentre", "SessionHospital"]


def options(parser: Any) -> None:
    """Add this kit's own options. Seed and pause are fields of locust's web page too; the rest stands once it is up."""
    add, once = parser.add_argument, {"include_in_web_ui": False}
    add("--seed", type=int, default=1, help="The same seed draws the same bills. Default: 1")
    add("--pause-seconds", type=float, default=1.0, help="Mean pause between visits or bills. Default: 1")
    add("--world", metavar="DIR", default="world", help="Folder of `gateway world`. Default: world", **once)
    add("--shape", choices=("none", *SHAPES), default="none", help="Users over time. Default: none", **once)
    lanes = f"0 to {LANES_MAX - 1}; runs at one time on one gateway take lanes of their own. Default: 0"
    add("--lane", type=int, default=0, help=f"First lane of numbers, {lanes}", **once)


def set_the_stage(environment: Environment, **_: Any) -> None:
    """Take the shape that was asked for, and read the world once a process; a world that is none ends it."""
    given = environment.parsed_options
    assert given is not None
    environment.stop_timeout = max(environment.stop_timeout, STOP_SECONDS)
    _take_shape(environment, given.shape)
    if not isinstance(environment.runner, MasterRunner):
        try:
            TOWNS[id(environment)] = Town.of(read(Path(given.world)))
        except BadWorld as wrong:
            raise SystemExit(f"locust: {wrong}") from None


def begin(environment: Environment, **_: Any) -> None:
    """Number this process and let its users in; a worker learns its own number only when a run begins."""
    town, given = TOWNS.get(id(environment)), environment.parsed_options
    if town is None or given is None:
        return
    STAGES[id(environment)] = Stage(
        town=town, serials=Serials(_lane(environment)), options=given, keys={}, users=itertools.count(1)
    )


def _take_shape(environment: Environment, name: str) -> None:
    """Offer every shape to the web page's picker (--class-picker), and take the one that was named."""
    made = {kind.__name__: kind() for kind in SHAPES.values()}
    environment.available_shape_classes = dict(made)
    if name != "none":
        environment.shape_class = made[SHAPES[name].__name__]
        environment.shape_class.runner = environment.runner


def _lane(environment: Environment) -> int:
    """Return the lane of this process: locust counts the workers of one master from 0. Past the last it ends."""
    given = environment.parsed_options
    assert given is not None
    lane = int(given.lane) + max(0, getattr(environment.runner, "worker_index", 0))
    if not 0 <= lane < LANES_MAX:
        raise SystemExit(
            f"locust: --lane {given.lane} and this worker make {lane}; at most {LANES_MAX} processes may send"
        )
    return lane


HOOKS: Any = events  # locust types none of them
HOOKS.init_command_line_parser.add_listener(options)
HOOKS.init.add_listener(set_the_stage)
HOOKS.test_start.add_listener(begin)
