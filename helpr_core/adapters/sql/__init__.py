"""The SQL database: PostgreSQL in production, SQLite on one's own computer."""
