"""Who is calling: the facility that a message names, on a line that its provider has agreed to speak on.

MLLP has no token. A message is taken as a provider's where its MSH-4 names exactly one provider of this dialect and the
line fits that provider's profile: `mllp.peers` (addresses and networks, by comma) and `mllp.certificates` (SHA-256 of
client certificates, by comma). Where both stand both must fit; where neither does, the provider has no MLLP.
"""

import ipaddress
from functools import lru_cache

from msgspec import Struct

from gateway.core.snapshot import Snapshot
from schemas.facts import Provider

PEERS, CERTIFICATES, FACILITY = "mllp.peers", "mllp.certificates", "sending_facility"


class Peer(Struct, frozen=True, kw_only=True):
    """The other end of a line. certificate_sha256: hex, of the certificate that TLS has verified."""

    address: str
    certificate_sha256: str | None = None


class Facilities:
    """Providers of one dialect by the facility that their messages name; built anew with each snapshot."""

    def __init__(self, dialect: str) -> None:
        """Take the dialect."""
        self._dialect = dialect
        self._snapshot: Snapshot | None = None
        self._named: dict[str, Provider | None] = {}

    def find(self, snapshot: Snapshot, facility: str) -> Provider | None:
        """Return the one provider whose messages name this facility; None where there is none, or several."""
        if self._snapshot is not snapshot:
            self._named, self._snapshot = self._of(snapshot), snapshot
        return self._named.get(facility)

    def _of(self, snapshot: Snapshot) -> dict[str, Provider | None]:
        named: dict[str, Provider | None] = {}
        for provider in snapshot.providers.values():
            if provider.dialect == self._dialect:
                facility = provider.profile.get(FACILITY, provider.code)
                named[facility] = None if facility in named else provider
        return named


def may_speak(provider: Provider, peer: Peer) -> bool:
    """Return whether a provider's messages are taken from this line."""
    peers, certificates = provider.profile.get(PEERS), provider.profile.get(CERTIFICATES)
    if peers is None and certificates is None:
        return False
    if certificates is not None and peer.certificate_sha256 not in _listed(certificates.lower()):
        return False
    return peers is None or _is_among(peer.address, peers)


@lru_cache(maxsize=4_096)
def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


@lru_cache(maxsize=4_096)
def _is_among(address: str, peers: str) -> bool:
    """Return whether an address is one of the peers; what is no address or network lets nobody in."""
    try:
        own = ipaddress.ip_address(address)
        return any(own in ipaddress.ip_network(peer, strict=False) for peer in _listed(peers))
    except ValueError:
        return False
