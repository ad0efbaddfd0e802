-- What a sandbox's database has beside the house's own tables: a clock that can be moved.
--
-- Only sessions whose search_path names this schema first see its clock_timestamp() in place of PostgreSQL's; sessions of
-- `gateway serve` refuse to open where that is so (gateway/store/database.py), and `prepare` refuses this database.

CREATE SCHEMA sandbox;

CREATE TABLE sandbox.clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ahead interval NOT NULL
);

CREATE FUNCTION sandbox.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT pg_catalog.clock_timestamp() + (SELECT ahead FROM sandbox.clock)
$$;
