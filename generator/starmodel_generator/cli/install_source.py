"""Where an installed distribution came from, so that a new project can name it.

Installers write it down (`direct_url.json`, PEP 610) for everything that does not come from an
index: a folder, an archive, a repository. What comes from an index is found there by its version.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

VENDOR = "vendor"
"""The folder of a project for archives that only one machine has."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a distribution came from.

    Attributes:
        reference: What stands behind its name in a requirement: `==0.2.0`, or ` @ ` and a URL, in
            which hatchling replaces `{root:uri}` by the project's folder.
        folder: The folder on this machine that it was built from, or that an editable installation
            leads to.
        is_editable: Whether changes in that folder count at once.
        archive: The wheel or source archive on this machine that it was installed from.
        digest: The archive's SHA-256 in hexadecimal, where the installer noted it.
    """

    reference: str
    folder: Path | None = None
    is_editable: bool = False
    archive: Path | None = None
    digest: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether it came from somewhere else than an index."""
        return self.reference.startswith(" @ ")

    def archived(self) -> bytes | None:
        """Read the archive; `None` where it is not there any more, or is another one by now."""
        if self.archive is None or not self.archive.is_file():
            return None
        content = self.archive.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        return content if self.digest in (None, found) else None


def origin_of(name: str, version: str) -> Origin:
    """Find out where a distribution came from; one that is not installed counts as an index's."""
    try:
        record = distribution(name).read_text("direct_url.json")
    except PackageNotFoundError:
        record = None
    return parse_origin(record, version)


def parse_origin(record: str | None, version: str) -> Origin:
    """Read the text of `direct_url.json`; `None` is that of a distribution from an index."""
    if record is None:
        return Origin(f"=={version}")
    fields = cast("dict[str, Any]", json.loads(record))
    # Braces would be fields that hatchling replaces.
    url = str(fields["url"]).replace("{", "%7B").replace("}", "%7D")
    # Several go behind one `#`.
    fragment = [f"subdirectory={fields['subdirectory']}"] if "subdirectory" in fields else []
    if "vcs_info" in fields:
        vcs = fields["vcs_info"]
        return Origin(_reference(f"{vcs['vcs']}+{url}@{vcs['commit_id']}", fragment))
    path = Path(url2pathname(urlsplit(url).path)) if url.startswith("file:") else None
    if "archive_info" not in fields:
        is_editable = bool(fields.get("dir_info", {}).get("editable"))
        return Origin(_reference(url, fragment), folder=path, is_editable=is_editable)
    digest = _digest(fields["archive_info"])
    if path is not None:
        place = f"{{root:uri}}/{VENDOR}/{quote(path.name)}"
        return Origin(_reference(place, fragment), archive=path, digest=digest)
    return Origin(_reference(url, [*fragment, *([f"sha256={digest}"] if digest else [])]))


def _reference(url: str, fragment: list[str]) -> str:
    return f" @ {url}#{'&'.join(fragment)}" if fragment else f" @ {url}"


def _digest(archive: dict[str, Any]) -> str | None:
    """Return the SHA-256 of an archive; older installers write it as `hash`, `sha256=...`."""
    algorithm, _, value = str(archive.get("hash", "")).partition("=")
    return archive.get("hashes", {}).get("sha256") or (value if algorithm == "sha256" else None)
