// A database elsewhere, and no budget.

using '../../../infra/main.bicep'

param postgresMode = 'external'
param databaseUrl = 'never written to the snapshot'
param plexServerName = 'Home'
param plexLibraries = 'Movies'
param budgetAmount = 0
