-- What a database of the portal needs before `migrate`, as its owner gerai_owner (these extensions are trusted ones).
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
-- Whatever the owner makes from now on, the application reads and writes, and cannot alter.
ALTER DEFAULT PRIVILEGES FOR ROLE gerai_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gerai_app;
ALTER DEFAULT PRIVILEGES FOR ROLE gerai_owner GRANT USAGE, SELECT ON SEQUENCES TO gerai_app;
GRANT USAGE ON SCHEMA public TO gerai_app;
GRANT USAGE, CREATE ON SCHEMA public TO gerai_ledger;
