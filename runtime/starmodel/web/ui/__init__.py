"""What generated pages and forms are rendered with."""
