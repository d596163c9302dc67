"""Names that look like secrets."""

import re

from starmodel_schemas.types import ConstrainedType, EnumType, OptionalType, ScalarType, TypeRef

_SECRET = re.compile(
    r"password|passwd|(^|_)(secret|token|api_?key|private_?key|credential)s?(_|$)", re.IGNORECASE
)
# `token_count` and `password_changed_at` tell about a secret, but are none.
_ABOUT = re.compile(
    r"_(at|count|date|expires|expiry|expired|kind|label|length|limit|name|on|set|status|ttl|type"
    r"|used)$",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"bool", "date", "time", "datetime", "timedelta"})


def looks_secret(name: str, type: TypeRef) -> bool:
    """Return whether a value of that name and type is likely to be a secret."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    if isinstance(type, EnumType) or (isinstance(type, ScalarType) and type.name in _HARMLESS):
        return False
    return _SECRET.search(name) is not None and _ABOUT.search(name) is None
