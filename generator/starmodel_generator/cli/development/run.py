"""`starmodel run`: generate, then serve, and do both again whenever a source changes."""

import errno
import os
import socket
import sys
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import show_diagnostics, write_stderr
from starmodel_generator.cli.development.development_database import DevelopmentDatabase
from starmodel_generator.cli.development.development_secret import provide_secret
from starmodel_generator.cli.generate import summary
from starmodel_generator.cli.migrate_project import tables_of
from starmodel_generator.generation import generate_folder
from starmodel_generator.planning import has_list
from starmodel_generator.project.config import GeneratorConfig
from starmodel_schemas import AppSchema

_PORT = 8000
_PORTS_TRIED = 20


def run(
    host: Annotated[
        str,
        typer.Option(envvar="STARMODEL_HOST", help="The address to listen on."),
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            envvar="STARMODEL_PORT",
            help=f"The port; without it, {_PORT} or the next one that is free.",
            show_default=False,
        ),
    ] = None,
    no_reload: Annotated[
        bool, typer.Option("--no-reload", help="Serve what is there now; watch nothing.")
    ] = False,
) -> None:
    """Generate the code and serve the app, for development.

    A change of any Python file of the project restarts the app; a change of an entity generates
    its code first. What is wrong is shown, and the app goes on as it was.

    With entities in SQL, a migration is written where one is missing, and all are applied to the
    database of STARMODEL_DATABASE_URL, or to app.db.

    What is served is `app` in \\[tool.starmodel], or else the generated create_app().

    Examples:

      starmodel run

      starmodel run --port 9000
    """
    report = generate_folder(".")
    show_diagnostics(report)
    if report.has_errors or report.config is None or report.generation is None:
        raise typer.Exit(exit_codes.exit_code(report))
    write_stderr(summary(report))
    config = report.config
    provide_secret(config.root)
    import_from(config)
    database = DevelopmentDatabase(config)
    if not database.bring_up(tables_of(report.generation.schema)):
        raise typer.Exit(exit_codes.DIAGNOSTICS)
    listener = listen(host, port)
    told = addresses(listener, report.generation.schema)
    serve(config, listener, told, database if not no_reload else None)


def import_from(config: GeneratorConfig) -> None:
    """Make the project's packages importable, here and in the processes started from here."""
    os.chdir(config.root)
    folders = [str(config.root)]
    if config.output.startswith("src/"):
        folders.insert(0, str(config.root / "src"))
    sys.path[:0] = folders
    inherited = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([*folders, *([inherited] if inherited else [])])


def listen(host: str, port: int | None) -> socket.socket:
    """Take the port: the one that was asked for, or the first free one from 8000 on."""
    wanted = range(_PORT, _PORT + _PORTS_TRIED) if port is None else (port,)
    for candidate in wanted:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        listener.listen(2048)
        listener.set_inheritable(True)
        return listener
    raise OSError(errno.EADDRINUSE, f"port {wanted[0]} is in use; choose another with --port")


def addresses(listener: socket.socket, schema: AppSchema | None) -> list[str]:
    """Return where to look at the app: the generated pages that need no id, or its root."""
    host, port = listener.getsockname()[:2]
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    pages = [
        f"{base}/{entity.snake_name}"
        for entity in (schema.entities if schema else ())
        if has_list(entity) or (entity.page != "host" and entity.scope != "RECORD")
    ]
    return pages or [f"{base}/"]


def serve(
    config: GeneratorConfig,
    listener: socket.socket,
    told: list[str],
    database: DevelopmentDatabase | None,
) -> None:
    """Serve until the process is told to stop; with a database to keep up, restart on changes.

    Once the app serves, the addresses in `told` are shown.
    """
    import uvicorn
    from uvicorn.config import LOGGING_CONFIG

    from starmodel_generator.cli.development.reload import RegeneratingReload
    from starmodel_generator.cli.development.server import AnnouncingServer

    # The addresses are told by ourselves; of uvicorn's own log the requests and problems are left.
    loggers = {**LOGGING_CONFIG["loggers"], "uvicorn.error": {"level": "WARNING"}}
    settings = uvicorn.Config(
        config.served,
        factory=config.app is None,
        reload=database is not None,
        reload_dirs=[str(config.root)] if database is not None else None,
        log_config={**LOGGING_CONFIG, "loggers": loggers},
        timeout_graceful_shutdown=5,
    )
    server = AnnouncingServer(settings, told)
    if database is not None:
        RegeneratingReload(settings, server.run, [listener], config, database).run()
    else:
        server.run([listener])
