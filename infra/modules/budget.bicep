// A warning before the bill. It stops nothing.

@description('Name of the budget.')
param name string

@description('Monthly amount, in the currency of the subscription.')
param amount int

@description('Who is told besides the owners of the subscription, or empty.')
param alertEmail string

@description('The first day of this month, when a new budget starts.')
param thisMonth string

var emails = [
  alertEmail
]
var contactEmails = empty(alertEmail) ? [] : emails

// The linter asks for 2026-06-01, which no public template has deployed yet.
#disable-next-line use-recent-api-versions
resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      // Azure refuses to change the start, and a new budget may not start in the past. In a string,
      // because checkov's parser does not know this function.
      #disable-next-line simplify-interpolation
      startDate: '${this.existingResource().?properties.timePeriod.startDate ?? thisMonth}'
    }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactRoles: [
          'Owner'
        ]
        contactEmails: contactEmails
      }
      actual100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Actual'
        contactRoles: [
          'Owner'
        ]
        contactEmails: contactEmails
      }
    }
  }
}
