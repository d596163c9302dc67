"""The database schema of an app: its tables, columns and constraints, as values and as SQL."""
