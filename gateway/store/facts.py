"""Rows of the persons' tables to facts and back: what is sealed how, and nothing else."""

from typing import Any, Protocol

import msgspec

from schemas.facts import Authorization, Enrolment, Recognition, Worker


class Row(Protocol):
    """A database row, looked up by column."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the column's value."""


class Seal(Protocol):
    """Seals a column's bytes under a context."""

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Return the sealed bytes."""

    def unseal(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the plaintext."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed part of a worker's row."""

    name: str
    certno: str


_PERSON = msgspec.json.Decoder(Person)
_ENROLMENT = msgspec.json.Decoder(Enrolment)
_RECOGNITION = msgspec.json.Decoder(Recognition)
_AUTHORIZATION = msgspec.json.Decoder(Authorization)


def worker_from_row(row: Row, seals: Seal) -> Worker:
    """Return the worker of a row of `worker` with its employer_name beside it."""
    worker_id = row["worker_id"]
    person = _PERSON.decode(seals.unseal(row["person_sealed"], _worker_aad(worker_id)))
    return Worker(
        worker_id=worker_id,
        area=row["area"],
        name=person.name,
        certno=person.certno,
        sex=row["sex"],
        birthday=row["birthday"],
        died_on=row["died_on"],
        employer_id=row["employer_id"],
        employer_name=row["employer_name"],
    )


def sealed_person(worker: Worker, seals: Seal) -> bytes:
    """Return `worker.person_sealed` of a worker."""
    person = Person(name=worker.name, certno=worker.certno)
    return seals.seal(msgspec.json.encode(person), _worker_aad(worker.worker_id))


def enrolment_of(content: str) -> Enrolment:
    """Return the enrolment of `enrolment.content`."""
    return _ENROLMENT.decode(content)


def recognition_of(sealed: bytes, worker_id: str, seals: Seal) -> Recognition:
    """Return the recognition of a worker's `recognition.content_sealed`."""
    return _RECOGNITION.decode(seals.unseal(sealed, _recognition_aad(worker_id)))


def sealed_recognition(recognition: Recognition, worker_id: str, seals: Seal) -> bytes:
    """Return `recognition.content_sealed` of a worker's recognition."""
    return seals.seal(msgspec.json.encode(recognition), _recognition_aad(worker_id))


def authorization_of(content: str) -> Authorization:
    """Return the authorization of `authorization.content`."""
    return _AUTHORIZATION.decode(content)


def _worker_aad(worker_id: str) -> bytes:
    return b"worker:" + worker_id.encode()


def _recognition_aad(worker_id: str) -> bytes:
    return b"recognition:" + worker_id.encode()
