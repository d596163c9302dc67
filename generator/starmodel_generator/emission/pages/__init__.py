"""The pages that show records, one or many."""
