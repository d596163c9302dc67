"""The modules of an entity on the server: state, commands, routes, bindings, queries."""
