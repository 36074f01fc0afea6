-- Lets the app's identity into its database, with no more rights than it needs: it may connect,
-- and make and use tables of its own there. Run by the server's Entra administrator, once; a
-- second time changes nothing.
--
-- grant.py fills in the three names and runs it. With psql, an Entra token in PGPASSWORD and
-- the outputs of the deployment:
--   psql "host=POSTGRES_HOST dbname=postgres user=YOU sslmode=require" -v ON_ERROR_STOP=1 \
--        -v identity=IDENTITY_NAME -v principal_id=IDENTITY_PRINCIPAL_ID -v database=helpr \
--        -f infra/sql/grant.sql

-- In the database postgres, where Azure keeps this function: a role that signs in with the
-- identity's tokens. 'service': a managed identity; false, false: no administrator, no second
-- factor.
SELECT pgaadauth_create_principal_with_oid(:'identity', :'principal_id', 'service', false, false)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'identity');

-- Whoever may sign in at the server may open every database, unless its owner says otherwise. Run
-- by somebody else this does nothing, without an error: grant.py looks what came of it.
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"identity";

\connect :database

-- The app makes and upgrades its own tables, and owns them.
GRANT USAGE, CREATE ON SCHEMA public TO :"identity";

-- What finds parts of names. A server whose azure.extensions does not allow it goes without.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'parts of names are searched row by row: %', SQLERRM;
END $$;
