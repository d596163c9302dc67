"""What more than one module says of an entity: its endpoints, filters, labels, JSON."""
