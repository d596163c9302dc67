"""Restart the app when a source changes, with its code generated first."""

from collections.abc import Callable, Iterable
from pathlib import Path
from socket import socket

import uvicorn
from uvicorn.supervisors.watchfilesreload import WatchFilesReload
from watchfiles import watch

from starmodel_generator.cli.console import show_diagnostics, write_stderr
from starmodel_generator.cli.development.development_database import DevelopmentDatabase
from starmodel_generator.cli.failure import report_bug, report_unusable
from starmodel_generator.cli.generate import summary
from starmodel_generator.cli.migrate_project import tables_of
from starmodel_generator.cli.watch import is_source
from starmodel_generator.generation import Report, check_folder, generate_folder
from starmodel_generator.output.comparison import read_existing
from starmodel_generator.output.journal import forget_bytecode
from starmodel_generator.project.config import GeneratorConfig
from starmodel_generator.project.hashing import digest

_GLANCE = 100
"""Milliseconds to wait for a change before looking whether to stop."""


class RegeneratingReload(WatchFilesReload):
    """uvicorn's reloader, which generates and migrates before it restarts.

    Where something is wrong with the sources, that is shown and the app is left running. A file
    that was written with the content it had (by us, just before, or by an editor) is no change.
    """

    def __init__(
        self,
        settings: uvicorn.Config,
        target: Callable[[list[socket] | None], None],
        sockets: list[socket],
        config: GeneratorConfig,
        database: DevelopmentDatabase,
    ) -> None:
        super().__init__(settings, target, sockets)
        self.root = config.root
        self.database = database
        self.seen: dict[str, str] = {}
        self.watch_filter = self.is_source
        self.watcher = watch(
            self.root,
            watch_filter=None,
            stop_event=self.should_exit,
            rust_timeout=_GLANCE,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )

    def startup(self) -> None:
        """Begin to watch, then to serve.

        The watcher reports what happens from its first look on. What was changed since the code
        was generated is made good after that look, so nothing is missed in between.
        """
        next(self.watcher)
        report = check_folder(str(self.root))
        if report.has_errors or report.differences:
            self.regenerate()
        super().startup()

    def is_source(self, path: Path) -> bool:
        """Return whether the app or its generated code may depend on the file."""
        return is_source(self.root, path)

    def should_restart(self) -> list[Path] | None:
        """Wait for changes; returns those that the app has to be restarted for."""
        changed = super().should_restart()
        if not changed:
            return None
        paths = [path.relative_to(self.root) for path in changed]
        if not self.changed(paths):
            return None
        # A file may have been saved twice within a second.
        forget_bytecode(self.root, [path.as_posix() for path in paths])
        return changed if self.regenerate() else None

    def changed(self, paths: Iterable[Path]) -> bool:
        """Return whether any of the files has another content than it was last seen with."""
        names = [path.as_posix() for path in paths]
        contents = read_existing(self.root, names)
        now = {name: digest(contents[name]) if name in contents else "" for name in names}
        is_changed = any(self.seen.get(name) != found for name, found in now.items())
        self.seen.update(now)
        return is_changed

    def regenerate(self) -> bool:
        """Generate; whether the app can be restarted with what is there now."""
        try:
            report = generate_folder(str(self.root))
        except OSError as error:
            report_unusable(error)
            return False
        except Exception as error:
            report_bug(error)
            return False
        show_diagnostics(report)
        if report.has_errors:
            write_stderr("Nothing was written; the app goes on as it was.")
            return False
        if report.written:
            self.note_written(report)
            write_stderr(summary(report))
        schema = report.generation.schema if report.generation else None
        if not self.database.bring_up(tables_of(schema), self.note):
            write_stderr("The app goes on as it was.")
            return False
        return True

    def note(self, path: str) -> None:
        """Remember the content of a file that was just written."""
        self.seen[path] = digest((self.root / path).read_bytes())

    def note_written(self, report: Report) -> None:
        """Remember what was just written, which is about to be reported as a change."""
        for change in report.differences:
            self.seen[change.path] = digest(change.after) if change.after is not None else ""
