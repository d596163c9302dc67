"""The secret that signs sessions while one develops: made once, kept out of version control."""

import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from starmodel_generator.output.journal import private_folder

VARIABLE = "STARMODEL_SECRET_KEY"
_LENGTH = 32


def provide_secret(root: Path, environment: MutableMapping[str, str] = os.environ) -> bool:
    """Set `STARMODEL_SECRET_KEY`, where it is not set, to this project's own development secret.

    It stays the same from one start to the next, so that sessions survive a restart. Returns whether
    it was not set.
    """
    if environment.get(VARIABLE):
        return False
    path = private_folder(root) / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text(encoding="ascii").strip()
    else:
        secret = secrets.token_urlsafe(_LENGTH)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret + "\n")
    environment[VARIABLE] = secret
    return True
