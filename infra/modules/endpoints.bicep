// networkMode 'private': a private endpoint and a DNS zone for each thing the app talks to.

@description('Prefix of the endpoints\' names.')
param namePrefix string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('The virtual network.')
param networkId string

@description('The subnet that the endpoints are in.')
param subnetId string

@description('The storage account.')
param storageId string

@description('The vault.')
param vaultId string

@description('Whether there is a PostgreSQL server.')
param withPostgres bool

@description('The PostgreSQL server, or empty.')
param postgresId string

var ofStorage = environment().suffixes.storage
var always = [
  {
    name: 'blob'
    id: storageId
    group: 'blob'
    zone: 'privatelink.blob.${ofStorage}'
  }
  {
    name: 'queue'
    id: storageId
    group: 'queue'
    zone: 'privatelink.queue.${ofStorage}'
  }
  {
    name: 'table'
    id: storageId
    group: 'table'
    zone: 'privatelink.table.${ofStorage}'
  }
  {
    name: 'vault'
    id: vaultId
    group: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
  }
]
var database = [
  {
    name: 'postgres'
    id: postgresId
    group: 'postgresqlServer'
    zone: 'privatelink.postgres.database.azure.com'
  }
]
var targets = withPostgres ? concat(always, database) : always

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for target in targets: {
    name: target.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (target, i) in targets: {
    parent: zones[i]
    name: 'helpr'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for target in targets: {
    name: '${namePrefix}-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: subnetId
      }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: {
            privateLinkServiceId: target.id
            groupIds: [
              target.group
            ]
          }
        }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (target, i) in targets: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: target.name
          properties: {
            privateDnsZoneId: zones[i].id
          }
        }
      ]
    }
  }
]
