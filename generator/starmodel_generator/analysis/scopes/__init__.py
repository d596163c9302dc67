"""The names that scopes bind, need, export and shadow."""
