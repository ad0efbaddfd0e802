"""PostgreSQL: schema, named queries, migrations, sealing of columns; no decisions."""
