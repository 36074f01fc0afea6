// E-mails when something is wrong. Flex Consumption has no metric of server errors, and each log
// rule costs half a dollar a month, so there is a single rule for everything; there is none without
// an e-mail address.

@description('Name of the rule.')
param name string

@description('Name of the action group.')
param actionGroupName string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Where the e-mails go.')
param alertEmail string

@description('Application Insights.')
param componentId string

// One row per problem; docs/operations.md says what to do about each. It looks for what Helpr
// writes to its log: a test compares the words with the code.
var query = '''
let recent = ago(15m);
union
  (requests
    | where timestamp > recent and toint(resultCode) >= 500
    | summarize times = sum(itemCount) | where times > 5
    | project problem = "http-5xx", times),
  (union
      (exceptions | where timestamp > recent | project itemCount),
      (traces | where timestamp > recent and message startswith "failed function=" | project itemCount)
    | summarize times = sum(itemCount) | where times > 0
    | project problem = "unexpected-errors", times),
  (traces
    | where timestamp > recent and message has "plex_unauthorized"
    | summarize times = sum(itemCount) | where times > 0
    | project problem = "plex-token-refused", times),
  (traces
    | where timestamp > recent
    | where message has "LogUnavailable" or message startswith "outcome not recorded" or message startswith "request to the inbox"
    | summarize times = sum(itemCount) | where times > 2
    | project problem = "database-unavailable", times),
  (requests
    | where timestamp > ago(1d)
    | summarize times = sum(itemCount) | where times > 8000
    | project problem = "executions-a-day", times)
'''

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

// The linter asks for a version from this year; many templates have deployed this one for years.
#disable-next-line use-recent-api-versions
resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Helpr needs its owner'
    description: 'The link to the results says which of five things it is; docs/operations.md says what to do.'
    enabled: true
    severity: 2
    scopes: [
      componentId
    ]
    evaluationFrequency: 'PT15M'
    // The longest period that a part of the query covers; the parts limit themselves.
    windowSize: 'P1D'
    autoMitigate: true
    // A component without a first log line may not know its tables yet.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
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
