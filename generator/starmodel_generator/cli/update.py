"""`starmodel generate` where contents of sources are all that has changed: little is imported."""

import signal
import sys
from types import FrameType

from starmodel_generator.project.discovery import Project
from starmodel_generator.up_to_date import Standing, up_to_date, what_was_read, what_was_written


def update_project(project: Project, standing: Standing) -> bool:
    """Generate what follows from the changed sources, and say so; whether that could be done.

    Where it could not, nothing was written or said: the command finds out what there is to do.
    """
    import gc

    gc.disable()  # As `entry` does it.
    # A file that is being written is finished, as with Ctrl-C.
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        from starmodel_generator.cache import load_cache
        from starmodel_generator.incremental.incremental_update import update
        from starmodel_generator.project.config import read_config

        config = read_config(project).config
        if config is None:
            return False
        done = update(config, standing, load_cache(config.root))
    except Exception:
        # A full rebuild is required, or a file cannot be written: all stages need none of this, and
        # says what is wrong.
        return False
    finally:
        signal.signal(signal.SIGTERM, before)
        gc.enable()
    sentence = up_to_date(done.unchanged, 0)
    if done.written:
        sentence = what_was_written(done.written, done.unchanged, 0)
    print(sentence, what_was_read(done.entities, done.modules), sep="\n", file=sys.stderr)
    return True


def _terminate(_: int, __: FrameType | None) -> None:
    from starmodel_generator.cli import exit_codes

    sys.exit(exit_codes.TERMINATED)
