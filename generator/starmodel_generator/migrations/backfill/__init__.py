"""What rows that are there already get in a new or required column."""
