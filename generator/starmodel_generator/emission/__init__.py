"""From the schema to text: views decide, templates lay out, nothing is written to disk."""

from starmodel_generator.emission.render import RenderedFile, render

__all__ = ["RenderedFile", "render"]
