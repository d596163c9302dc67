"""What `starmodel inspect` shows: entities, their types, and the SQL of those in SQL."""
