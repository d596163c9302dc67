"""The end of a run that could not do its work: a file that cannot be used, or a bug of ours."""

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from starmodel_generator._version import __version__
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr


def report_unusable(error: OSError) -> int:
    """Report which file the system would not give; the exit code."""
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has seen enough. Nothing must be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.DONE
    name = error.filename2 or error.filename
    reason = error.strerror or str(error)
    write_stderr(f"error: {reason}: {name}" if name else f"error: {reason}")
    return exit_codes.CANNOT_RUN


def report_bug(error: Exception) -> int:
    """Report that this is our mistake and what to send us; the exit code.

    The traceback goes to a file, or to stderr with `STARMODEL_TRACEBACK=1`.
    """
    details = "".join(traceback.format_exception(error))
    write_stderr(f"starmodel has a bug: {type(error).__name__}: {error}")
    if os.environ.get("STARMODEL_TRACEBACK", "0") not in ("", "0"):
        write_stderr(details)
    else:
        about = f"starmodel {__version__}, Python {platform.python_version()}, {sys.platform}\n"
        path = _write(about + " ".join(sys.argv) + "\n\n" + details)
        write_stderr(f"Your files are as they were. Please report it, with {path}")
    return exit_codes.BUG


def _write(text: str) -> Path:
    """A new file in the user's cache folder, or where temporary files go if that cannot be used."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "starmodel"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".txt", "bug-", folder, text=True)
    except OSError:
        handle, name = tempfile.mkstemp(".txt", "starmodel-bug-", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
