"""Finding records: filters, search, sorting, pages of a list."""
