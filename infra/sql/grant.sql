-- Gives the app's identity access to its database, with no more rights than it needs: it may
-- connect, and create and use its own tables. Run once by the server's Entra administrator; a
-- second run changes nothing.
--
-- grant.py fills in the three names and runs it. With psql, an Entra token in PGPASSWORD and
-- the outputs of the deployment:
--   psql "host=POSTGRES_HOST dbname=postgres user=YOU sslmode=require" -v ON_ERROR_STOP=1 \
--        -v identity=IDENTITY_NAME -v principal_id=IDENTITY_PRINCIPAL_ID -v database=helpr \
--        -f infra/sql/grant.sql

-- In the database postgres, where Azure keeps this function: create a role that signs in with the
-- identity's tokens. 'service': a managed identity; false, false: no administrator, no second
-- factor.
SELECT pgaadauth_create_principal_with_oid(:'identity', :'principal_id', 'service', false, false)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'identity');

-- Any role of the server may connect to every database, unless its owner revokes that. Run by
-- anybody else, this changes nothing and raises no error, so grant.py checks the result.
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"identity";

\connect :database

-- The app creates, upgrades and owns its tables.
GRANT USAGE, CREATE ON SCHEMA public TO :"identity";

-- For searching parts of names. Skipped if the server's azure.extensions does not allow it.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'parts of names are searched row by row: %', SQLERRM;
END $$;
