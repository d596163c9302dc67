"""The module of an entity's table: row class, columns, values on their way in and out."""
