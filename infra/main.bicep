// Helpr on Azure, in one resource group. provision.sh deploys it.

targetScope = 'resourceGroup'

@description('Part of every name. Lower-case letters and digits, a letter first; two environments may share a resource group.')
@minLength(2)
@maxLength(7)
param environmentName string = 'helpr'

@description('Azure region; the resource group\'s own by default.')
@minLength(3)
@maxLength(50)
param location string = resourceGroup().location

@description('Tags for every resource.')
param tags object = {}

@description('Version of Python that the app runs on. After a change, publish again.')
@allowed([
  '3.11'
  '3.12'
  '3.13'
  '3.14'
])
param pythonVersion string = '3.13'

@description('Memory of an instance in MB. 2048 comes with a whole processor, 512 with a quarter.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Instances at once, for each kind of trigger: what a flood can cost. Bursts exceed it, and some regions require 40 or more.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 4

@description('Instances that never sleep. Each costs money day and night; 0 means that the first friend after a quiet period waits a few seconds.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('flexible: a PostgreSQL server of its own, the most expensive part of the bill. external: the one in databaseUrl.')
@allowed([
  'flexible'
  'external'
])
param postgresMode string = 'flexible'

@description('How the app gets access to the flexible server. grantSql: the administrator runs sql/grant.sql once. administrator: by itself, with more rights than it needs.')
@allowed([
  'grantSql'
  'administrator'
])
param databaseAccess string = 'grantSql'

@description('public: endpoints on the internet, closed by Entra sign-in. private: a network with private endpoints, about 8 dollars a month each.')
@allowed([
  'public'
  'private'
])
param networkMode string = 'public'

@description('Object id of the PostgreSQL administrator. provision.sh asks Entra who you are.')
@maxLength(36)
param deployerPrincipalId string = ''

@description('The administrator\'s name exactly as Microsoft Graph has it: a user principal name or a display name. PostgreSQL allows at most 63 characters.')
@maxLength(63)
param deployerPrincipalName string = ''

@description('What the administrator is.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param deployerPrincipalType string = 'User'

@description('IPv4 address from which sql/grant.sql is run. Empty: no firewall rule for it. Unused in a private network.')
@maxLength(15)
param deployerIpAddress string = ''

@description('Where alerts go. Empty: no alert rules.')
@maxLength(254)
param alertEmail string = ''

@description('Warn at 80 and 100 % of this monthly amount, in the subscription\'s currency. 0: no budget, for subscriptions that do not support one.')
@minValue(0)
@maxValue(100000)
param budgetAmount int = 30

@description('Send the Functions host\'s own log to the workspace, too. Application Insights has the same lines.')
param hostLog bool = false

@description('Token of the Plex account. Empty: the vault\'s value stays.')
@secure()
@maxLength(4096)
param plexToken string = ''

@description('Name of the Plex server, as Plex shows it. Empty: the app answers with its setup page.')
@maxLength(255)
param plexServerName string = ''

@description('Libraries to share until a choice is saved on the dashboard, separated by commas. Empty: none.')
@maxLength(4000)
param plexLibraries string = ''

@description('Signs cookies and keys hashes; 32 characters or more. Empty: the vault\'s value stays, or a first one is made.')
@secure()
@maxLength(512)
param secretKey string = ''

@description('Leave it alone: the value of secretKey at the first deployment if none is given. Later deployments make one, too, but discard it.')
@secure()
@minLength(32)
@maxLength(512)
// checkov:skip=CKV_AZURE_131:Nothing is written here, the default is random
param firstSecretKey string = '${newGuid()}${newGuid()}'

@description('What friends must type. Empty: the vault\'s value stays; at first the form is open. To open a closed one: <unset>.')
@secure()
@maxLength(200)
param inviteCode string = ''

@description('The owner\'s name at the dashboard. Empty: nobody can sign in there, and only the function key opens the manage API.')
@maxLength(100)
param adminUsername string = ''

@description('Hash of the owner\'s password, from python -m helpr_core hash-password. Empty: the vault\'s value stays.')
@secure()
@maxLength(512)
param adminPasswordHash string = ''

@description('postgresMode external: postgresql://… with a user and a password. Empty: the vault\'s value stays.')
@secure()
@maxLength(2048)
param databaseUrl string = ''

@description('Address that friends use, for links. Empty: the app\'s own on azurewebsites.net.')
@maxLength(255)
param publicUrl string = ''

@description('Which entry of X-Forwarded-For is the friend, from the right. 2 behind Azure Front Door.')
@minValue(1)
@maxValue(10)
param trustedProxyHops int = 1

@description('Requests for an invite, per client.')
@minLength(3)
@maxLength(100)
param rateInvites string = '5/minute;20/hour'

@description('Pages and everything else anonymous and dynamic, per client.')
@minLength(3)
@maxLength(100)
param rateDefault string = '50/hour;200/day'

@description('Wrong passwords and wrong invite codes, per client.')
@minLength(3)
@maxLength(100)
param rateSignIn string = '5/minute;20/hour'

@description('Views of a request\'s state, per client.')
@minLength(3)
@maxLength(100)
param rateStatus string = '60/minute'

@description('Leave it alone: when a new budget starts.')
@minLength(10)
@maxLength(10)
param thisMonth string = utcNow('yyyy-MM-01')

var abbreviations = loadJsonContent('abbreviations.json')
var suffix = '${toLower(environmentName)}-${uniqueString(resourceGroup().id)}'
// Letters and digits only.
var storageName = replace('${abbreviations.storage}${suffix}', '-', '')
var vaultName = '${abbreviations.vault}-${suffix}'
var componentName = '${abbreviations.insights}-${suffix}'
var postgresName = '${abbreviations.postgres}-${suffix}'
var appName = '${abbreviations.functionApp}-${suffix}'
var private = networkMode == 'private'
var flexible = postgresMode == 'flexible'
// As many threads as the platform sends an instance at once.
var concurrency = 16
// In a string, because checkov cannot parse a condition.
#disable-next-line simplify-interpolation
var publicNetworkAccess = '${private ? 'Disabled' : 'Enabled'}'

module identity 'modules/identity.bicep' = {
  params: {
    name: '${abbreviations.identity}-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    workspaceName: '${abbreviations.workspace}-${suffix}'
    componentName: componentName
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: storageName
    location: location
    tags: tags
    publicNetworkAccess: publicNetworkAccess
  }
}

module vault 'modules/keyvault.bicep' = {
  params: {
    name: vaultName
    location: location
    tags: tags
    publicNetworkAccess: publicNetworkAccess
    workspaceId: monitoring.outputs.workspaceId
  }
}

module secrets 'modules/secrets.bicep' = {
  params: {
    vaultName: vaultName
    plexToken: plexToken
    secretKey: secretKey
    firstSecretKey: firstSecretKey
    adminPasswordHash: adminPasswordHash
    inviteCode: inviteCode
    databaseUrl: databaseUrl
  }
  dependsOn: [
    vault
  ]
}

module roles 'modules/roles.bicep' = {
  params: {
    // Known only once the identity exists, and needed for a role's name.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: storageName
    vaultName: vaultName
    componentName: componentName
  }
  dependsOn: [
    storage
    vault
    monitoring
  ]
}

module postgres 'modules/postgres.bicep' = if (flexible) {
  params: {
    name: postgresName
    location: location
    tags: tags
    publicNetworkAccess: publicNetworkAccess
    deployerIpAddress: deployerIpAddress
    workspaceId: monitoring.outputs.workspaceId
  }
}

module administrators 'modules/postgres-administrators.bicep' = if (flexible) {
  params: {
    serverName: postgresName
    administratorId: deployerPrincipalId
    administratorName: deployerPrincipalName
    administratorType: deployerPrincipalType
    withApp: databaseAccess == 'administrator'
    appIdentityId: identity.outputs.principalId
    appIdentityName: identity.outputs.name
  }
  dependsOn: [
    postgres
  ]
}

module database 'modules/postgres-database.bicep' = if (flexible) {
  params: {
    serverName: postgresName
    name: 'helpr'
  }
  dependsOn: [
    administrators
  ]
}

module network 'modules/network.bicep' = if (private) {
  params: {
    name: '${abbreviations.network}-${suffix}'
    location: location
    tags: tags
  }
}

module endpoints 'modules/endpoints.bicep' = if (private) {
  params: {
    namePrefix: '${abbreviations.endpoint}-${suffix}'
    location: location
    tags: tags
    networkId: network.?outputs.id ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    withPostgres: flexible
    postgresId: postgres.?outputs.id ?? ''
  }
}

module app 'modules/functionapp.bicep' = {
  params: {
    planName: '${abbreviations.plan}-${suffix}'
    name: appName
    location: location
    tags: tags
    identityId: identity.outputs.id
    packagesUrl: storage.outputs.packagesUrl
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    perInstanceConcurrency: concurrency
    private: private
    subnetId: network.?outputs.appSubnetId ?? ''
    hostLog: hostLog
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [
    roles
    endpoints
  ]
}

module settings 'modules/settings.bicep' = {
  params: {
    appName: appName
    plexServerName: plexServerName
    plexLibraries: plexLibraries
    adminUsername: adminUsername
    publicUrl: empty(publicUrl) ? app.outputs.url : publicUrl
    trustedProxyHops: trustedProxyHops
    rateInvites: rateInvites
    rateDefault: rateDefault
    rateSignIn: rateSignIn
    rateStatus: rateStatus
    vaultUri: vault.outputs.uri
    withPostgres: flexible
    postgresHost: postgres.?outputs.host ?? ''
    postgresDatabase: database.?outputs.name ?? ''
    identityName: identity.outputs.name
    clientId: identity.outputs.clientId
    insightsConnectionString: monitoring.outputs.connectionString
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    threads: concurrency
  }
  dependsOn: [
    secrets
  ]
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  params: {
    name: '${abbreviations.alert}-${suffix}'
    actionGroupName: '${abbreviations.actionGroup}-${suffix}'
    location: location
    tags: tags
    alertEmail: alertEmail
    componentId: monitoring.outputs.componentId
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0) {
  params: {
    name: '${abbreviations.budget}-${suffix}'
    amount: budgetAmount
    alertEmail: alertEmail
    thisMonth: thisMonth
  }
}

output functionAppName string = app.outputs.name
output functionAppUrl string = app.outputs.url
output resourceGroupName string = resourceGroup().name
output storageAccountName string = storage.outputs.name
output tablesEndpoint string = storage.outputs.tableEndpoint
output keyVaultName string = vault.outputs.name
output postgresHost string = postgres.?outputs.host ?? ''
output postgresDatabase string = database.?outputs.name ?? ''
output identityName string = identity.outputs.name
output identityPrincipalId string = identity.outputs.principalId
