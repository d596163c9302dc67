"""Values and texts of the author's in HTML."""
