// Your choices, from the environment; infra/provision.sh keeps them in .azure/settings.sh and fills
// in missing ones from there and from the previous deployment. Secrets come only from the
// environment and are not written to any file.

using 'main.bicep'

var memories = {
  '512': 512
  '2048': 2048
  '4096': 4096
}

param environmentName = readEnvironmentVariable('HELPR_ENVIRONMENT_NAME', 'helpr')
param tags = json(readEnvironmentVariable('HELPR_TAGS', '{}'))

// Plex
param plexToken = readEnvironmentVariable('PLEX_TOKEN', '')
param plexServerName = readEnvironmentVariable('PLEX_SERVER_NAME', '')
param plexLibraries = readEnvironmentVariable('PLEX_LIBRARIES', '')

// Friends and the owner
param inviteCode = readEnvironmentVariable('INVITE_CODE', '')
param adminUsername = readEnvironmentVariable('ADMIN_USERNAME', '')
param adminPasswordHash = readEnvironmentVariable('ADMIN_PASSWORD_HASH', '')
param publicUrl = readEnvironmentVariable('HELPR_PUBLIC_URL', '')

// Not needed: without it, the first deployment makes one and every later one keeps it.
param secretKey = readEnvironmentVariable('SECRET_KEY', '')

// The database
param postgresMode = readEnvironmentVariable('HELPR_POSTGRES_MODE', 'flexible')
param databaseUrl = readEnvironmentVariable('DATABASE_URL', '')
param databaseAccess = readEnvironmentVariable('HELPR_DATABASE_ACCESS', 'grantSql')
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalName = readEnvironmentVariable('AZURE_PRINCIPAL_NAME', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param deployerIpAddress = readEnvironmentVariable('HELPR_DEPLOYER_IP', '')

// Network, alerts and money
param networkMode = readEnvironmentVariable('HELPR_NETWORK_MODE', 'public')
param alertEmail = readEnvironmentVariable('HELPR_ALERT_EMAIL', '')
param budgetAmount = int(readEnvironmentVariable('HELPR_BUDGET', '30'))
param maximumInstanceCount = int(readEnvironmentVariable('HELPR_MAXIMUM_INSTANCES', '4'))
param alwaysReadyHttp = int(readEnvironmentVariable('HELPR_ALWAYS_READY', '0'))
param instanceMemoryMB = memories[readEnvironmentVariable('HELPR_INSTANCE_MEMORY', '2048')]
param hostLog = bool(readEnvironmentVariable('HELPR_HOST_LOG', 'false'))
param pythonVersion = readEnvironmentVariable('HELPR_PYTHON_VERSION', '3.13')

// Limits for each client
param trustedProxyHops = int(readEnvironmentVariable('HELPR_TRUSTED_PROXY_HOPS', '1'))
param rateInvites = readEnvironmentVariable('HELPR_RATE_INVITES', '5/minute;20/hour')
param rateDefault = readEnvironmentVariable('HELPR_RATE_DEFAULT', '50/hour;200/day')
param rateSignIn = readEnvironmentVariable('HELPR_RATE_SIGN_IN', '5/minute;20/hour')
param rateStatus = readEnvironmentVariable('HELPR_RATE_STATUS', '60/minute')
