"""A run after a change of sources that works out only what follows from it."""
