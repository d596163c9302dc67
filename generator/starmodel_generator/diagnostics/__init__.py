"""A user's mistake as a value, the picture under it, and the rules behind it."""
