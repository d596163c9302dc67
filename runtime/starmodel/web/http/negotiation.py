"""Read from `Accept` whether a client would rather have JSON than a page."""

from functools import lru_cache


@lru_cache(maxsize=256)
def prefers_json(accept: bytes) -> bool:
    """Return whether JSON is accepted, and HTML not as much (RFC 9110 section 12.5.1).

    Where both are named with the same weight, the one that comes first counts.
    """
    json_weight, json_place = _weight(accept, b"application/json")
    html_weight, html_place = _weight(accept, b"text/html")
    if json_weight != html_weight:
        return json_weight > html_weight
    return json_weight > 0 and json_place < html_place


def _weight(accept: bytes, wanted: bytes) -> tuple[float, int]:
    """Return the weight of a media type and where it is named; the closest range counts."""
    group = wanted.partition(b"/")[0] + b"/*"
    best = (-1, 0.0, 0)
    for place, part in enumerate(accept.lower().split(b",")):
        name, *parameters = (piece.strip() for piece in part.split(b";"))
        closeness = {wanted: 2, group: 1, b"*/*": 0}.get(name, -1)
        if closeness > best[0]:
            best = (closeness, _quality(parameters), place)
    return best[1], best[2]


def _quality(parameters: list[bytes]) -> float:
    for parameter in parameters:
        if parameter.startswith(b"q="):
            try:
                quality = float(parameter[2:])
            except ValueError:
                return 0.0
            return quality if 0.0 <= quality <= 1.0 else 0.0
    return 1.0
