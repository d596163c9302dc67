"""What functions do to their entity, found in their text without running them."""
