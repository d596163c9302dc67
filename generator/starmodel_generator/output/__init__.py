"""What a run writes: compare with what is there, then write all of it or nothing.

Import from the modules: `output.tree` compares, `output.journal` writes, `output.manifest` is
the record of what was written. This file imports nothing, so that reading a manifest stays cheap.
"""
