"""Every way a signature, a receipt or a saved answer can fail to prove anything."""


class SignatureError(ValueError):
    """Every way a signature can fail; `where` is the place, zh and en say what failed there.

    SignatureError
        Unencodable            a value that canonical JSON has no form for
        Malformed              cannot be read as what it should be
            NotCanonical       readable, but not in its one allowed form
        UnknownKey             the key set does not hold the key that it names
        BadSignature           the signature does not fit the bytes and the key
        Mismatch               a digest or a name does not fit what it stands for
        NotCovered             the signature leaves out what it must cover
    """

    def __init__(self, where: str, *, zh: str, en: str) -> None:
        """Take the place (a header's name, a JSON pointer, a part of a receipt) and what failed, twice."""
        super().__init__(f"{where}: {en}")
        self.where = where
        self.zh = zh
        self.en = en


class Unencodable(SignatureError):
    """A value that canonical JSON has no form for."""


class Malformed(SignatureError):
    """Cannot be read as what it should be."""


class NotCanonical(Malformed):
    """Readable, but not in its one allowed form."""


class UnknownKey(SignatureError):
    """The key set does not hold the key that it names."""


class BadSignature(SignatureError):
    """The signature does not fit the bytes and the key."""


class Mismatch(SignatureError):
    """A digest or a name does not fit what it stands for."""


class NotCovered(SignatureError):
    """The signature leaves out what it must cover."""
