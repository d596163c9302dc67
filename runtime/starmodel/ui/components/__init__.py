"""Components: frozen values that say what a page shows."""
