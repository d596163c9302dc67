"""The app: its routes, state, answers, problems, beginning and end."""
