"""Values of a column as values of another type."""
