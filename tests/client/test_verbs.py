"""The client has a method for every verb of the native door, and says each as the door reads it."""

from typing import get_args

import msgspec
import pytest

from adapters import native
from gateway.client.client import Client
from gateway.client.sync import SyncClient
from gateway.client.verbs import verbs
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound
from schemas.requests import Changing, DownloadCatalog, Message, QueryReferral, Request
from tests.golden.rewrite import PROFILE, cases

MESSAGES = [
    pytest.param(msgspec.json.decode((case / "canonical.json").read_bytes(), type=Message), id=case.name)
    for case in cases()
    if case.parent.name == "native" and (case / "canonical.json").exists() and case.name != "download-catalog-file"
]


def test_every_route_of_the_native_door_has_a_method() -> None:
    """Method, path and verb are the door's own; who adds a route adds a line to `gateway/client/verbs.py`."""
    door = {(f"{route.method} /{'/'.join(route.segments)}", route.verb) for route in native.ROUTES}

    assert {(f"{verb.method} {verb.path}", verb.request) for verb in verbs().values()} == door
    assert len(verbs()) == len(native.ROUTES)


def test_what_changes_takes_a_message_id() -> None:
    """A verb that binds an id is a Change, every other a Read; each answers with an answer of the interface."""
    assert {name for name, verb in verbs().items() if verb.changing} == {
        name for name, verb in verbs().items() if verb.request in get_args(Changing)
    }
    assert {verb.answer for verb in verbs().values()} <= set(get_args(AnyAnswer))


def test_both_clients_have_every_method() -> None:
    """The awaited client and the one that waits offer the same verbs."""
    both = [{name for name in dir(kind) if name in verbs()} for kind in (Client, SyncClient)]

    assert both == [set(verbs()), set(verbs())]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_door_reads_what_the_client_says(message: Message) -> None:
    """Every golden request comes back from the native adapter as it was: path, body and fields that are left out."""
    verb = next(one for one in verbs().values() if one.says(message.request))
    headers = {"content-type": "application/json", "idempotency-key": "M1"}
    body = verb.body(message.request)
    path, _, query = verb.target(message.request).partition("?")
    wire = Inbound(method=verb.method, path=path, query=query, headers=headers, body=body)

    assert native.read(wire, PROFILE).request == message.request


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("download_catalog", DownloadCatalog(format="csv")),
        ("query_referral", QueryReferral(referral_no="R1", worker_id="W1")),
    ],
)
def test_what_the_door_cannot_be_asked_is_not_left_out_in_silence(name: str, request_: Request) -> None:
    """A field that no path or query of the verb carries is an error of the caller, named, before anything is sent."""
    with pytest.raises(ValueError, match="cannot say it"):
        verbs()[name].target(request_)
