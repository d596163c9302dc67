"""What every part of a kind has to keep to, as tests to derive from."""
