"""A shop: products, customers, and orders that take stock."""
