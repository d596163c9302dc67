"""One event, all or nothing: what it loads, locks, changes and commits."""
