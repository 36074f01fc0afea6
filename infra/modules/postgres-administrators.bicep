// The server's administrators. A separate module, because the object ids must be known before it
// starts, and the server and its firewall must exist first.

@description('Name of the server.')
param serverName string

@description('Object id of the person, group or service that deploys.')
param administratorId string

@description('Its name, as Entra shows it.')
param administratorName string

@description('What it is: User, Group or ServicePrincipal.')
param administratorType string

@description('Whether the app\'s identity is an administrator, too.')
param withApp bool

@description('Object id of the app\'s identity.')
param appIdentityId string

@description('Name of the app\'s identity.')
param appIdentityName string

var deployer = [
  {
    id: administratorId
    name: administratorName
    type: administratorType
  }
]
var app = [
  {
    id: appIdentityId
    name: appIdentityName
    type: 'ServicePrincipal'
  }
]
var administrators = withApp ? concat(deployer, app) : deployer

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: serverName
}

// Two at the same time fail.
@batchSize(1)
resource entra 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = [
  for administrator in administrators: {
    parent: server
    name: administrator.id
    properties: {
      principalName: administrator.name
      principalType: administrator.type
      tenantId: tenant().tenantId
    }
  }
]
