// The plan and the app. Its settings are in settings.bicep: complete, and in one place.

@description('Name of the plan.')
param planName string

@description('Name of the app.')
@minLength(2)
@maxLength(60)
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('The identity that the app runs as.')
param identityId string

@description('Address of the container that the package is published to.')
param packagesUrl string

@description('Version of Python.')
param pythonVersion string

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('The maximum number of instances.')
param maximumInstanceCount int

@description('How many instances never go to sleep.')
param alwaysReadyHttp int

@description('Requests that one instance handles at once.')
param perInstanceConcurrency int

@description('Whether the app calls out from a network of its own.')
param private bool

@description('The subnet that it calls out from, or empty.')
param subnetId string

@description('Whether the host log goes to the workspace: Application Insights has the same lines.')
param hostLog bool

@description('The workspace.')
param workspaceId string

var alwaysReady = [
  {
    name: 'http'
    instanceCount: alwaysReadyHttp
  }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  // checkov:skip=CKV_AZURE_225:A zone-redundant plan wants instances that never sleep: a bill while nobody asks
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  // checkov:skip=CKV_AZURE_17:Friends have no client certificates
  // checkov:skip=CKV_AZURE_78:Flex has no FTP and refuses ftpsState; its password is switched off below
  // checkov:skip=CKV_AZURE_212:Flex scales by itself; alwaysReadyHttp is the parameter for more
  // checkov:skip=CKV_AZURE_213:The health check of the platform is for dedicated plans; GET /healthz is there
  // checkov:skip=CKV_AZURE_222:Friends come from the internet
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: private ? subnetId : null
    // Otherwise references to the vault would use a system identity, which does not exist.
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp > 0 ? alwaysReady : []
        triggers: {
          http: {
            perInstanceConcurrency: perInstanceConcurrency
          }
        }
      }
    }
  }
}

// Publishing signs in with Entra; the old passwords stay off.
resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

// The linter asks for 2016-09-01, which knows these settings only under the name "service".
#disable-next-line use-recent-api-versions
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (hostLog) {
  name: 'log'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
