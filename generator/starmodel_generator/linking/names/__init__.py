"""Names followed to what they stand for: modules, classes, members, libraries."""
