"""The dashboard's page, signing in and signing out."""
