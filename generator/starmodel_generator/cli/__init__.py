"""The command line: the only place that prints, asks for arguments and chooses exit codes.

Data goes to stdout (a diff, a list, JSON), everything else to stderr.
"""
