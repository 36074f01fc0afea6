// Where somebody runs grant.sql from a computer of their own.

using '../../../infra/main.bicep'

param deployerIpAddress = '203.0.113.7'
param deployerPrincipalId = '11111111-1111-1111-1111-111111111111'
param deployerPrincipalName = 'owner@example.com'
