// A private network, everything switched on, and the longest names there can be.

using '../../../infra/main.bicep'

param environmentName = 'longest'
param networkMode = 'private'
param databaseAccess = 'administrator'
param deployerPrincipalId = '11111111-1111-1111-1111-111111111111'
param deployerPrincipalName = 'owners'
param deployerPrincipalType = 'Group'
param deployerIpAddress = '203.0.113.7'
param alertEmail = 'owner@example.com'
param alwaysReadyHttp = 1
param hostLog = true
param plexServerName = 'Home'
param plexLibraries = 'Movies, TV Shows'
param adminUsername = 'owner'
param publicUrl = 'https://invites.example.com'
param tags = {
  purpose: 'test'
}
