"""Datastar's dialect: attributes, actions and server-sent events."""
