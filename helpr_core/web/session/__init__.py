"""The dashboard's page, and signing in and out."""
