// postgresMode 'flexible': the smallest server there is, with Entra sign-in only. Its administrators
// and its database have modules of their own, because their order matters.

@description('Name of the server.')
@minLength(3)
@maxLength(63)
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Enabled, or Disabled: only private endpoints reach the server.')
param publicNetworkAccess string

@description('IPv4 address from which grant.sql is run, or empty.')
param deployerIpAddress string

@description('Workspace for the server log.')
param workspaceId string

var private = publicNetworkAccess == 'Disabled'

// The first two are Azure's defaults, written down so that nobody can turn them off unnoticed.
// The third allows the extension that finds parts of names; grant.sql creates it.
var configurations = [
  {
    name: 'require_secure_transport'
    value: 'on'
  }
  {
    name: 'ssl_min_protocol_version'
    value: 'TLSv1.2'
  }
  {
    name: 'azure.extensions'
    value: 'pg_trgm'
  }
]

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard_B1ms'
    tier: 'Burstable'
  }
  properties: {
    version: '17'
    storage: {
      storageSizeGB: 32
      autoGrow: 'Disabled'
    }
    backup: {
      backupRetentionDays: 7
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'Disabled'
    }
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    network: {
      publicNetworkAccess: publicNetworkAccess
    }
  }
}

// This range means "anything that runs on Azure", because the app has no address of its own. It
// admits every Azure customer's traffic, so it keeps out little. The real protection is that
// passwords are off and only this tenant's Entra tokens can sign in. networkMode 'private' closes
// the range.
resource azureAddresses 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (!private) {
  parent: server
  name: 'AllowAllAzureServicesAndResourcesWithinAzureIps'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
}

resource deployerAddress 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (!private && !empty(deployerIpAddress)) {
  parent: server
  name: 'deployer'
  properties: {
    startIpAddress: deployerIpAddress
    endIpAddress: deployerIpAddress
  }
  dependsOn: [
    azureAddresses
  ]
}

// The server accepts one change at a time.
@batchSize(1)
resource settings 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [
  for configuration in configurations: {
    parent: server
    name: configuration.name
    properties: {
      value: configuration.value
      source: 'user-override'
    }
    dependsOn: [
      azureAddresses
      deployerAddress
    ]
  }
]

// The linter asks for 2016-09-01, which knows these settings only under the name "service".
#disable-next-line use-recent-api-versions
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'log'
  scope: server
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'PostgreSQLLogs'
        enabled: true
      }
    ]
  }
}

output id string = server.id
output name string = server.name
output host string = server.properties.fullyQualifiedDomainName
