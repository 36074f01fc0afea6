// What you decide. Secrets come from the environment and are never written here. What is no
// secret comes from there, too, but may as well be written here: a redeployment then cannot
// forget it.
//
//   export PLEX_TOKEN=… PLEX_SERVER_NAME=… PLEX_LIBRARIES=…
//   az deployment group create --resource-group helpr --template-file infra/main.bicep \
//       --parameters infra/main.bicepparam

using 'main.bicep'

param environmentName = readEnvironmentVariable('HELPR_ENVIRONMENT_NAME', 'helpr')

// Plex
param plexToken = readEnvironmentVariable('PLEX_TOKEN', '')
param plexServerName = readEnvironmentVariable('PLEX_SERVER_NAME', '')
param plexLibraries = readEnvironmentVariable('PLEX_LIBRARIES', '')

// Friends and the owner
param inviteCode = readEnvironmentVariable('INVITE_CODE', '')
param adminUsername = readEnvironmentVariable('ADMIN_USERNAME', '')
param adminPasswordHash = readEnvironmentVariable('ADMIN_PASSWORD_HASH', '')
param publicUrl = readEnvironmentVariable('HELPR_PUBLIC_URL', '')

// Not needed: without it the first deployment makes one and every later one keeps it.
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
