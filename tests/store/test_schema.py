"""schema.sql is the truth: the migrations add up to exactly it."""

from importlib import resources

import asyncpg
import pytest

from gateway.store.database import connect

# Each lists one kind of thing in all schemas of ours, as text that two databases can be compared by.
CATALOG = {
    "relations": """
        SELECT c.oid::regclass::text, c.relkind::text, c.relpersistence::text, c.relrowsecurity,
               c.reloptions, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid),
               CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END
        FROM pg_class AS c WHERE c.relnamespace IN (SELECT ours()) ORDER BY 1, 2""",
    "columns": """
        SELECT a.attrelid::regclass::text, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
               a.attnotnull, a.attidentity::text, a.attgenerated::text, a.attcollation::regcollation::text,
               a.attstorage::text, a.attcompression::text, a.attstattarget, pg_get_expr(d.adbin, d.adrelid),
               col_description(a.attrelid, a.attnum)
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace IN (SELECT ours()) AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY 1, 2""",
    "constraints": """
        SELECT conrelid::regclass::text, contypid::regtype::text, conname::text, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace IN (SELECT ours()) ORDER BY 1, 2, 3""",
    "indexes": """
        SELECT i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace IN (SELECT ours()) ORDER BY 1, 2""",
    "sequences": """
        SELECT seqrelid::regclass::text, seqtypid::regtype::text, seqstart, seqincrement, seqmin, seqmax, seqcycle
        FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid
        WHERE c.relnamespace IN (SELECT ours()) ORDER BY 1""",
    "functions": """
        SELECT oid::regprocedure::text, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace IN (SELECT ours()) AND prokind IN ('f', 'p') ORDER BY 1""",
    "triggers": """
        SELECT t.tgrelid::regclass::text, t.tgname::text, pg_get_triggerdef(t.oid), t.tgenabled::text
        FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace IN (SELECT ours()) AND NOT t.tgisinternal ORDER BY 1, 2""",
    "types": """
        SELECT t.oid::regtype::text, t.typtype::text, pg_get_expr(t.typdefaultbin, 0), format_type(t.typbasetype, 0),
               ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
        FROM pg_type AS t WHERE t.typnamespace IN (SELECT ours()) ORDER BY 1""",
    "schemas": "SELECT nspname::text, nspacl::text FROM pg_namespace WHERE oid IN (SELECT ours()) ORDER BY 1",
    "rules": """
        SELECT schemaname || '.' || tablename, rulename::text, definition FROM pg_rules
        WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, 2""",
    "policies": """
        SELECT schemaname || '.' || tablename, policyname::text, permissive, cmd, qual, with_check FROM pg_policies
        ORDER BY 1, 2""",
}
OURS = """
CREATE FUNCTION pg_temp.ours() RETURNS SETOF oid LANGUAGE sql AS
$$ SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' $$
"""
SCHEMA = (resources.files("gateway.store") / "schema.sql").read_text(encoding="utf-8")


async def catalog(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[tuple[object, ...]]]:
    await connection.execute(OURS)
    return {
        kind: [tuple(row) for row in await connection.fetch(sql.replace("ours()", "pg_temp.ours()"))]
        for kind, sql in CATALOG.items()
    }


async def test_schema_equals_the_sum_of_the_migrations(migrated_dsn: str, empty_database_dsn: str) -> None:
    """Columns, types, defaults, constraints, indexes, functions and triggers are the same both ways."""
    migrated = await connect(migrated_dsn, application_name="tests")
    written = await connect(empty_database_dsn, application_name="tests")
    await written.execute(SCHEMA)

    by_migrations, by_schema = await catalog(migrated), await catalog(written)
    await migrated.close()
    await written.close()

    assert any("schema_migration" in str(row[0]) for row in by_schema["relations"])
    for kind in CATALOG:
        assert by_migrations[kind] == by_schema[kind], kind


BASE = """
CREATE TABLE t (a int, b text NOT NULL DEFAULT 'x');
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("ALTER TABLE t ALTER b SET DEFAULT 'y'", "columns"),
        ("ALTER TABLE t ALTER b DROP NOT NULL", "columns"),
        ("ALTER TABLE t ALTER a TYPE bigint", "columns"),
        ("ALTER TABLE t ADD c int", "columns"),
        ("ALTER TABLE t ADD CHECK (a > 0)", "constraints"),
        ("ALTER TABLE t ADD CHECK (a > 0) NOT VALID", "constraints"),
        ("CREATE INDEX i ON t (a) WHERE a > 0", "indexes"),
        ("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'", "functions"),
        ("CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()", "triggers"),
        ("CREATE TYPE e AS ENUM ('a')", "types"),
        ("CREATE SEQUENCE s INCREMENT 2", "sequences"),
        ("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", "rules"),
        ("CREATE SCHEMA other", "schemas"),
        ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "relations"),
    ],
)
async def test_the_comparison_sees_a_difference(change: str, kind: str, empty_database_dsn: str) -> None:
    """What the equality test compares by changes when the thing does."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await connection.execute(BASE)
    before = await catalog(connection)
    await connection.execute(change)
    await connection.execute("DROP FUNCTION pg_temp.ours()")

    after = await catalog(connection)
    await connection.close()

    assert before[kind] != after[kind]
