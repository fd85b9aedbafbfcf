-- The three roles, once for a server, as its superuser. In production give gerai_owner and gerai_app passwords after it.
-- gerai_owner owns the tables and migrates, gerai_app serves and works, gerai_ledger only owns the ledger's functions.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gerai_owner') THEN
        CREATE ROLE gerai_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gerai_app') THEN
        CREATE ROLE gerai_app LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gerai_ledger') THEN
        CREATE ROLE gerai_ledger NOLOGIN;
    END IF;
END
$$;
-- Whoever migrates hands functions over to gerai_ledger; PostgreSQL asks for membership.
GRANT gerai_ledger TO gerai_owner;
