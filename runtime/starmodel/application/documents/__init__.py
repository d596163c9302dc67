"""What stores keep as text: entities as JSON, and the records of commits."""
