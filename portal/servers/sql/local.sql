-- Only where tests and the demo run (embedded, CI), as superuser; a production server does not need it.
ALTER ROLE gerai_owner CREATEDB;
-- A test's database goes though a session of the application's is still open in it.
GRANT gerai_app TO gerai_owner;
DO $$
BEGIN
    -- The tests' teardown empties append-only tables without tripping over their triggers.
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO gerai_owner';
        EXECUTE 'GRANT pg_checkpoint TO gerai_owner';
    END IF;
END
$$;
