"""Python as text: literals, types, imports, functions, layout."""
