"""Facts in, app schema out: what the entities of a project mean, and what is wrong with them.

Import from the modules: `linking.link` has the entry point, `linking.rules` the table of rules.
"""
