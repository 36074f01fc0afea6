// The app's database, created last: one created before the server has an administrator belongs to
// an Azure role that nobody can sign in as, so nobody can close it to other roles.

@description('Name of the server.')
param serverName string

@description('Name of the database.')
param name string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: serverName
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: name
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
}

output name string = database.name
