"""Reference data as of one instant: immutable, so that a whole bill is decided by one."""

import hashlib
import hmac
from collections.abc import Mapping

from msgspec import Struct

from gateway.core.context import Catalog, PolicyBook
from schemas.facts import Provider


class Snapshot(Struct, frozen=True, kw_only=True):
    """Providers, catalog, matches and policy that are in force together."""

    marker: int
    """Sum of the effective version numbers: differs whenever the set of effective versions does."""
    versions: dict[str, int]
    """Newest effective version by "kind:area:scheme"."""
    providers: Mapping[str, Provider]
    tokens: Mapping[str, Provider]
    """By SHA-256 (hex) of the bearer token."""
    catalog: Catalog
    policies: PolicyBook

    def identify(self, token: str) -> Provider | None:
        """Return whose token it is; the comparison takes the same time wherever it fails."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = self.tokens.get(digest)
        if found is None or not hmac.compare_digest(found.token_sha256, digest):
            return None
        return found
