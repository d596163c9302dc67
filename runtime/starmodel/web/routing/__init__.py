"""Routes, the table that finds them, and requests as their handlers see them."""
