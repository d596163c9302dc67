"""Files that pages load from the app itself: styles, scripts, icons."""

from hashlib import sha256
from pkgutil import get_data

from starmodel.frozen import frozen


@frozen(eq=True)
class Asset:
    """A file that pages load. It never changes, so browsers may keep it for ever."""

    content_type: str
    body: bytes

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what it is served with, its length left out."""
        return [
            (b"content-type", self.content_type.encode("ascii")),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"x-content-type-options", b"nosniff"),
        ]


def read_file(package: str, name: str) -> bytes:
    """Return a file of a package.

    Raises:
        FileNotFoundError: There is none.
    """
    body = get_data(package, name)
    if body is None:
        raise FileNotFoundError(f"{package}/{name}")
    return body


def asset(name: str, suffix: str, content_type: str, body: bytes) -> tuple[str, Asset]:
    """Return a file, with a path that changes when its content does."""
    digest = sha256(body).hexdigest()[:12]
    return f"/_starmodel/{name}-{digest}.{suffix}", Asset(content_type, body)
