\set n :n + 1
\set w random(0, 99999)
BEGIN;
{inserts}
COMMIT;
