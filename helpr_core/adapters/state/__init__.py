"""The state store: Azure Tables, or the SQL database."""
