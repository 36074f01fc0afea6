// Every app setting. A deployment replaces all of them, so whatever is set by hand in the portal
// is gone with the next one: set it here, or through a parameter. Helpr reads an empty value as
// "not set". tests/infra holds the list against the settings that the code reads.

@description('Name of the app.')
param appName string

@description('PLEX_SERVER_NAME.')
param plexServerName string

@description('PLEX_LIBRARIES.')
param plexLibraries string

@description('ADMIN_USERNAME.')
param adminUsername string

@description('HELPR_PUBLIC_URL.')
param publicUrl string

@description('HELPR_TRUSTED_PROXY_HOPS.')
param trustedProxyHops int

@description('HELPR_RATE_INVITES.')
param rateInvites string

@description('HELPR_RATE_DEFAULT.')
param rateDefault string

@description('HELPR_RATE_SIGN_IN.')
param rateSignIn string

@description('HELPR_RATE_STATUS.')
param rateStatus string

@description('Address of the vault, with a slash at its end.')
param vaultUri string

@description('Whether there is a PostgreSQL server; else the vault holds a DATABASE_URL.')
param withPostgres bool

@description('Host of the server, or empty.')
param postgresHost string

@description('Name of the database, or empty.')
param postgresDatabase string

@description('Name of the identity: the role that the app signs in to PostgreSQL as.')
param identityName string

@description('Client id of the identity.')
param clientId string

@description('Connection string of Application Insights; an address, since its key opens nothing.')
param insightsConnectionString string

@description('Address of the blobs.')
param blobEndpoint string

@description('Address of the queues.')
param queueEndpoint string

@description('Address of the tables.')
param tableEndpoint string

@description('Threads that work on requests: as many as the platform sends an instance at once.')
param threads int

var passwordHash = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/ADMIN-PASSWORD-HASH)'

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  // checkov:skip=CKV_AZURE_13:These are app settings, no site configuration; Helpr signs people in by itself
  // checkov:skip=CKV_AZURE_63:As above; Application Insights has every request
  // checkov:skip=CKV_AZURE_65:As above; error pages of the platform would show internals
  // checkov:skip=CKV_AZURE_66:As above; Application Insights has failed requests
  // checkov:skip=CKV_AZURE_80:As above; there is no .NET here
  // checkov:skip=CKV_AZURE_88:As above; the state is in tables, Flex knows no share
  // checkov:skip=CKV_AZURE_222:As above; friends come from the internet
  parent: app
  name: 'appsettings'
  properties: {
    // The host's storage by identity. Never also a blank AzureWebJobsStorage: it breaks publishing.
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: clientId
    AzureWebJobsStorage__blobServiceUri: blobEndpoint
    AzureWebJobsStorage__queueServiceUri: queueEndpoint
    AzureWebJobsStorage__tableServiceUri: tableEndpoint
    AzureWebJobsDisableHomepage: 'true'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    // Left unset, the host gives its worker 1000 threads, and every pool would have to bear that.
    PYTHON_THREADPOOL_THREAD_COUNT: string(threads)

    AZURE_CLIENT_ID: clientId
    HELPR_TABLES_ENDPOINT: tableEndpoint

    // References have no version: a new value is read within a day, or at once when refreshed.
    PLEX_TOKEN: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/PLEX-TOKEN)'
    PLEX_SERVER_NAME: plexServerName
    PLEX_LIBRARIES: plexLibraries

    SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/SECRET-KEY)'
    INVITE_CODE: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/INVITE-CODE)'
    // Helpr wants both or neither. Without the name the dashboard's door stays shut, and the
    // hash in the vault waits for it.
    ADMIN_USERNAME: adminUsername
    ADMIN_PASSWORD_HASH: empty(adminUsername) ? '' : passwordHash

    DATABASE_URL: withPostgres ? '' : '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/DATABASE-URL)'
    PGHOST: postgresHost
    PGPORT: withPostgres ? '5432' : ''
    PGDATABASE: postgresDatabase
    PGUSER: withPostgres ? identityName : ''

    HELPR_PUBLIC_URL: publicUrl
    HELPR_TRUSTED_PROXY_HOPS: string(trustedProxyHops)
    HELPR_RATE_INVITES: rateInvites
    HELPR_RATE_DEFAULT: rateDefault
    HELPR_RATE_SIGN_IN: rateSignIn
    HELPR_RATE_STATUS: rateStatus
  }
}
