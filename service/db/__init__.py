"""The database: engine and sessions, migrations, and a PostgreSQL for one machine."""
