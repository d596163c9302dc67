"""The `starmodel` command: answered at once where nothing is to be done, else by `cli`.

`--version` and a `generate` that finds nothing changed come before anything heavy is imported;
so this module imports `sys` and the version, and the rest where it is needed.
"""

import sys


def main() -> int:
    """Run the command that the process was called with; its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from starmodel_generator._version import __version__

        print(f"starmodel {__version__}")
        return 0
    try:
        if _may_have_nothing_to_do(arguments) and _is_up_to_date(writes=arguments == ["generate"]):
            return 0
        import gc

        # Next to nothing of what imports make is garbage; looking for it takes a tenth of their
        # time. The command turns the collector on again.
        gc.disable()
        from starmodel_generator.cli.command import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return 130


def _may_have_nothing_to_do(arguments: list[str]) -> bool:
    return arguments in (["generate"], ["generate", "--check"], ["generate", "--diff"])


def _is_up_to_date(*, writes: bool) -> bool:
    """Return whether hashes alone tell that everything is generated; says so then."""
    import os

    from starmodel_generator.project.discovery import find_project
    from starmodel_generator.up_to_date import standing, up_to_date

    try:
        project = find_project(os.getcwd())
    except OSError:
        return False
    found = standing(project) if project else None
    if project is None or found is None:
        return False
    if not found.changed:
        manifest = found.manifest
        print(up_to_date(1 + len(manifest.outputs), manifest.warnings), file=sys.stderr)
        return True
    if not writes:
        return False
    from starmodel_generator.cli.update import update_project

    return update_project(project, found)
