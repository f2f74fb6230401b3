"""The database: engines, migrations, roles, replicas and the embedded PostgreSQL server."""
