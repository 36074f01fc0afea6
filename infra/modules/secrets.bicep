// The secrets, under the names of their settings with dashes.
//
// A parameter that is given is written; one that is empty changes nothing, so a redeployment
// without the environment variables of the first one blanks nothing. The app settings replace
// each other completely at every deployment and always refer to these secrets. So each of the
// first four has to be there from the start: at the first deployment it holds what follows
// below, unless it was given, and no later deployment writes over it.

@description('Name of the vault.')
param vaultName string

@description('PLEX_TOKEN, or empty to keep what is there.')
@secure()
param plexToken string

@description('SECRET_KEY, or empty to keep what is there.')
@secure()
param secretKey string

@description('What SECRET_KEY is when there is none: random, made by Azure.')
@secure()
param firstSecretKey string

@description('ADMIN_PASSWORD_HASH, or empty to keep what is there.')
@secure()
param adminPasswordHash string

@description('INVITE_CODE, or empty to keep what is there.')
@secure()
param inviteCode string

@description('DATABASE_URL, or empty to keep what is there.')
@secure()
param databaseUrl string

// Helpr reads it as "not set" (helpr_core/configuration/settings.py), and Key Vault takes no empty value.
var unset = '<unset>'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource plexTokenGiven 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(plexToken)) {
  // checkov:skip=CKV_AZURE_41:Plex decides how long a token lives; a date of ours would only stop invites
  // checkov:skip=CKV_AZURE_114:It is set; checkov does not look behind the condition
  parent: vault
  name: 'PLEX-TOKEN'
  properties: {
    contentType: 'text/plain'
    value: plexToken
  }
}

module plexTokenFirst 'first-secret.jsonc' = if (empty(plexToken)) {
  params: {
    vaultName: vault.name
    name: 'PLEX-TOKEN'
    value: unset
  }
}

resource secretKeyGiven 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(secretKey)) {
  // checkov:skip=CKV_AZURE_41:A key that lapses would end all sessions; it is replaced on purpose
  // checkov:skip=CKV_AZURE_114:It is set; checkov does not look behind the condition
  parent: vault
  name: 'SECRET-KEY'
  properties: {
    contentType: 'text/plain'
    value: secretKey
  }
}

module secretKeyFirst 'first-secret.jsonc' = if (empty(secretKey)) {
  params: {
    vaultName: vault.name
    name: 'SECRET-KEY'
    value: firstSecretKey
  }
}

resource adminPasswordHashGiven 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(adminPasswordHash)) {
  // checkov:skip=CKV_AZURE_41:A date would lock the owner out; a new hash ends all sessions at once
  // checkov:skip=CKV_AZURE_114:It is set; checkov does not look behind the condition
  parent: vault
  name: 'ADMIN-PASSWORD-HASH'
  properties: {
    contentType: 'text/plain'
    value: adminPasswordHash
  }
}

module adminPasswordHashFirst 'first-secret.jsonc' = if (empty(adminPasswordHash)) {
  params: {
    vaultName: vault.name
    name: 'ADMIN-PASSWORD-HASH'
    value: unset
  }
}

resource inviteCodeGiven 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(inviteCode)) {
  // checkov:skip=CKV_AZURE_41:A date would open the form or stop invites; the owner changes the code
  // checkov:skip=CKV_AZURE_114:It is set; checkov does not look behind the condition
  parent: vault
  name: 'INVITE-CODE'
  properties: {
    contentType: 'text/plain'
    value: inviteCode
  }
}

module inviteCodeFirst 'first-secret.jsonc' = if (empty(inviteCode)) {
  params: {
    vaultName: vault.name
    name: 'INVITE-CODE'
    value: unset
  }
}

// No placeholder: "not set" would mean a SQLite file that is gone with the instance. While this
// secret is missing its reference cannot be resolved, and the setup page says so.
resource databaseUrlGiven 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (!empty(databaseUrl)) {
  // checkov:skip=CKV_AZURE_41:The database decides how long its password lives
  // checkov:skip=CKV_AZURE_114:It is set; checkov does not look behind the condition
  parent: vault
  name: 'DATABASE-URL'
  properties: {
    contentType: 'text/plain'
    value: databaseUrl
  }
}
