// The app's database, made last: one that is made before the server has an administrator belongs
// to a role of Azure's that nobody signs in as, and then nobody can close it to other roles.

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
