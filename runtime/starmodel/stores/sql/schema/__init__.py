"""The schema of a database: its migrations, and whether they have been applied."""
