-- name: start_clock
-- Begins the clock: the machine's own time and so much.
INSERT INTO sandbox.clock (ahead) VALUES ($1::interval);

-- name: clock_now
-- What the sandbox's clock says.
SELECT sandbox.clock_timestamp() AS instant;

-- name: set_clock
-- Sets the clock to an instant, from which it runs on.
UPDATE sandbox.clock SET ahead = $1::timestamptz - pg_catalog.clock_timestamp();

-- name: advance_clock
-- Moves the clock by so much.
UPDATE sandbox.clock SET ahead = ahead + $1::interval;

-- name: real_clock
-- Lets the clock tell the machine's own time.
UPDATE sandbox.clock SET ahead = interval '0';

-- name: databases
-- Which databases there are.
SELECT datname FROM pg_database WHERE NOT datistemplate AND datname LIKE $1::text;

-- name: is_database
-- Whether there is a database of this name.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1::text) AS there;
