"""The table of an entity: columns, codecs, rows."""
