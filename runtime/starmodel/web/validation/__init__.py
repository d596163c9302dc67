"""The arguments of an event: read, bounded, validated."""
