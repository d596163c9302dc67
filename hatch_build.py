"""Compile the templates into the wheel, so that no run has to.

Compiling them takes a tenth of a second, which is a quarter of a small project's run. The sources
stay beside them, for a Jinja of another version and for whoever reads them.
"""

import importlib.util
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class TemplateHook(BuildHookInterface):
    """Adds the compiled templates to a wheel; an editable installation reads the sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the templates into a temporary folder and name it in the build's data."""
        if version == "editable":
            return
        # By its path: the package around it needs libraries that a build does without.
        path = ROOT / "generator/starmodel_generator/emission/templating.py"
        spec = importlib.util.spec_from_file_location("templating", path)
        assert spec is not None and spec.loader is not None
        templating = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(templating)
        self.folder = tempfile.TemporaryDirectory()
        templating.compile_templates(Path(self.folder.name))
        target = f"starmodel_generator/emission/{templating.COMPILED}"
        build_data["force_include"][self.folder.name] = target

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version != "editable":
            self.folder.cleanup()
