"""Every way the store can say no to who runs it.

StoreError
    TargetInvalid          neither or both of a DSN and an embedded folder, or one that cannot be used
    EmbeddedFailed         the embedded PostgreSQL would not start or stop
    DatabaseAway           nobody answers at the DSN, or it will not let us in
    DatabaseUnfit          it answers, but is too old or would answer before it is durable
    MigrationFault         the numbered migrations and the database do not belong together
        SchemaBehind       migrations are missing: run `gateway migrate up`
        SchemaForeign      the database holds what is not ours, or what a newer gateway made
        MigrationChanged   an applied file is no longer what was applied
        MigrationMissing   numbers are not one after another
        MigrationFailed    PostgreSQL refused a statement, or another process holds the lock too long
    QueryFault             a query file breaks the form of named queries
    SecretsFault           the secrets file cannot be used
    SealBroken             sealed bytes were altered, cut, or sealed with another key
"""


class StoreError(Exception):
    """Every way the store can say no; the text says what is wrong and then what cures it."""

    def __init__(self, wrong: str, *, cure: str) -> None:
        """Take what is wrong and what would make it pass, each one sentence without its full stop."""
        super().__init__(f"{wrong}. {cure}.")
        self.wrong = wrong
        self.cure = cure


class TargetInvalid(StoreError):
    """Neither or both of a DSN and an embedded folder, or one that cannot be used."""


class EmbeddedFailed(StoreError):
    """The embedded PostgreSQL would not start or stop."""


class DatabaseAway(StoreError):
    """Nobody answers at the DSN, or it will not let us in."""


class DatabaseUnfit(StoreError):
    """It answers, but is too old or would answer before it is durable."""


class MigrationFault(StoreError):
    """The numbered migrations and the database do not belong together."""


class SchemaBehind(MigrationFault):
    """Migrations are missing: run `gateway migrate up`."""


class SchemaForeign(MigrationFault):
    """The database holds what is not ours, or what a newer gateway made."""


class MigrationChanged(MigrationFault):
    """An applied file is no longer what was applied."""


class MigrationMissing(MigrationFault):
    """Numbers are not one after another."""


class MigrationFailed(MigrationFault):
    """PostgreSQL refused a statement, or another process holds the lock too long."""


class QueryFault(StoreError):
    """A query file breaks the form of named queries."""


class SecretsFault(StoreError):
    """The secrets file cannot be used."""


class SealBroken(StoreError):
    """Sealed bytes were altered, cut, or sealed with another key."""
