"""The app while it is developed: serve, reload, watch, and a database and secret of its own."""
