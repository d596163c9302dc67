"""What the bus tells its subscribers."""

from collections.abc import Mapping
from dataclasses import dataclass

from starmodel.domain.access import Actor
from starmodel.domain.fragment import Fragment


@dataclass(slots=True)
class CommandRecord:
    """One event that was run and committed.

    It is a hint: the store holds the truth. All subscribers are given the same record, and none
    may change it. `id` is the entity's own for `Scope.RECORD`, else
    its holder's (`""` for `Scope.GLOBAL`). `time` is in seconds since 1970. `changed` names the
    public fields, computed ones too, that are different now; it is empty where the event
    changed nothing. `version` is the stored one afterwards, and `previous` the one before: the
    same where nothing was saved, `0` where nothing was stored.
    """

    entity: str
    id: str
    event: str
    arguments: Mapping[str, object]
    actor: Actor
    time: float
    version: int
    changed: tuple[str, ...]
    fragment: Fragment | None = None
    previous: int = 0
