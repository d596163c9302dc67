"""What a project is on disk: its configuration, its source files, and their hashes."""
