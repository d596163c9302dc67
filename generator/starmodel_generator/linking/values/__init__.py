"""Values that source gives away without being run: constants and defaults."""
