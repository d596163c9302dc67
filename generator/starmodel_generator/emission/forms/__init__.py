"""Forms and their inputs: what they hold, allow and send."""
