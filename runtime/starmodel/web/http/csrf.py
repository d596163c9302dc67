"""Tell this site from others: refuse their requests, and lead nobody there."""

from collections.abc import Collection, Mapping

_DEFAULT_PORTS = {b"http": b":80", b"https": b":443"}


def is_cross_site(
    headers: Mapping[bytes, bytes], secure: bool, trusted_origins: Collection[bytes]
) -> bool:
    """Return whether a request that may change something came from another site.

    `headers` are the request's, `secure` says whether it came over https.
    `Sec-Fetch-Site` decides where a browser sends it. Older browsers send at least `Origin`,
    which must be this host. A request with neither comes from no browser: no page can be behind
    it. Of two headers of one name the combined value is what counts, and that fits nothing.
    """
    site = headers.get(b"sec-fetch-site")
    origin = headers.get(b"origin")
    if site is None:
        return origin is not None and not (
            is_same_origin(origin, headers.get(b"host", b""), secure=secure)
            or origin.lower() in trusted_origins
        )
    if site == b"same-origin" or site == b"none":
        return False
    return origin is None or origin.lower() not in trusted_origins


def is_same_origin(origin: bytes, host: bytes, *, secure: bool) -> bool:
    """Return whether an origin is this host.

    A page that was loaded over http is never ours where we are reached over https. The other
    way round it may be: a proxy in front of us may speak https for us.
    """
    scheme, separator, authority = origin.lower().partition(b"://")
    if not separator or scheme not in _DEFAULT_PORTS or (secure and scheme != b"https"):
        return False
    port = _DEFAULT_PORTS[scheme]
    return bool(authority) and authority.removesuffix(port) == host.lower().removesuffix(port)


def is_local_path(path: str) -> bool:
    """Return whether a text is a path of this site, and can be nothing else.

    Browsers read `\\` as `/`, drop tabs and line ends, and take `//host` for another site.
    """
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and all(" " < character != "\x7f" for character in path)
    )
