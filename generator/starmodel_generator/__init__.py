"""StarModel's generator: entity source text in, code that a colleague could have written out.

`generate` and `check` are the command line's two verbs as functions. Plugins find their types in
`starmodel_generator.plugins`.
"""

from starmodel_generator._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from starmodel_generator.generation import Report

__all__ = ["__version__", "check", "generate"]

# The command line answers `--version` and an unchanged `--check` before anything is imported
# that takes longer than the answer; so both functions import what they need.


def generate(folder: str = ".", *, force: bool = False) -> "Report":
    """Generate the code of the project that a folder is in.

    Nothing is written if the report has errors. `force` overwrites generated files that were
    edited by hand. Raises `OSError` where a file cannot be read or written.
    """
    from starmodel_generator.generation import generate_folder

    return generate_folder(folder, force=force)


def check(folder: str = ".") -> "Report":
    """Compare what would be generated with what is there; writes nothing."""
    from starmodel_generator.generation import check_folder

    return check_folder(folder)
