"""What the project measures about itself: always a ratio against a reference in the same run."""
