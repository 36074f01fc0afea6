// E-mails when something is wrong. A log rule costs about half a dollar a month, the metric rule
// a tenth of one; there are none without an address to write to.

@description('What the names of the rules begin with.')
param namePrefix string

@description('Name of the action group.')
param actionGroupName string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Where the e-mails go.')
param alertEmail string

@description('The app.')
param appId string

@description('Application Insights.')
param componentId string

// What Helpr writes to its log; a test holds the words against the code.
var rules = [
  {
    name: 'unexpected-errors'
    title: 'Helpr failed in a way it does not know'
    severity: 2
    query: 'union (exceptions | project timestamp), (traces | where message startswith "failed function=" | project timestamp)'
    atLeast: 1
  }
  {
    name: 'plex-token-refused'
    title: 'Plex refuses the token: sign in to Plex again, then replace PLEX_TOKEN'
    severity: 1
    query: 'traces | where message has "plex_unauthorized"'
    atLeast: 1
  }
  {
    name: 'database-unavailable'
    title: 'Helpr does not reach its database'
    severity: 1
    query: 'traces | where message has "LogUnavailable" or message startswith "outcome not recorded" or message startswith "request to the inbox"'
    atLeast: 3
  }
]

resource owner 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'helpr'
    emailReceivers: [
      {
        name: 'owner'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource serverErrors 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${namePrefix}-http-5xx'
  location: 'global'
  tags: tags
  properties: {
    description: 'Helpr answers with server errors. The setup page counts as well: open the app.'
    enabled: true
    severity: 2
    scopes: [
      appId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'http-5xx'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 5
        }
      ]
    }
    actions: [
      {
        actionGroupId: owner.id
      }
    ]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${namePrefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      enabled: true
      severity: rule.severity
      scopes: [
        componentId
      ]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true
      // A component without a first log line may not know its tables yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThanOrEqual'
            threshold: rule.atLeast
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          owner.id
        ]
      }
    }
  }
]
