"""How one entity class is kept and seen, written out by generated code."""

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast, get_args

from pydantic import ValidationError
from pydantic_core import SchemaValidator
from pydantic_core.core_schema import CoreSchema

from starmodel.application.copying import (
    InvalidValues,
    errors_of,
    private_names,
    public_errors,
    value_texts,
    withheld,
)
from starmodel.application.introspection import (
    PLAIN,
    instance_factories,
    is_numbered,
    leaves_traces,
    mutable_fields,
    plain_schemas,
    validator,
)
from starmodel.application.sqlalchemy_instrumentation import prepare_mapped
from starmodel.application.store import Key
from starmodel.domain import Access, CacheName, Entity, Policy, Scope, StateStore
from starmodel.domain.field_aliases import Sender, sender
from starmodel.domain.relation import Many, One, OtherSide, OtherSideAccessor
from starmodel.errors import ArgumentError, ConfigurationError, InvalidState

if TYPE_CHECKING:
    from uuid import UUID

E = TypeVar("E", bound=Entity)

State: TypeAlias = Mapping[str, object]
"""The public fields of an instance, or of a value object, as JSON has them."""

logger = logging.getLogger("starmodel.definition")

# What `Key(...)` comes down to; its own `__new__` is a Python function on top.
_new_tuple: Callable[[type[Key], tuple[str, str, str]], Key] = tuple.__new__  # pyright: ignore


def without_files(
    definition: "EntityDefinition[Any]", state: Mapping[str, object]
) -> Mapping[str, object]:
    """Return what of a public state is among the data of a page: all but its files."""
    if definition.files.isdisjoint(state):
        return state
    return {name: value for name, value in state.items() if name not in definition.files}


class EntityDefinition(Generic[E]):
    """Everything the runtime needs to know of an entity class, so that it looks nothing up.

    Attributes:
        cls: The author's class.
        name: Its name in paths, keys and records.
        namespace: Its name among the signals of a page.
        store: Where its instances are kept.
        scope: Whose they are.
        state: Picks the public fields of an instance, as JSON has them. It gives new values
            and changes nothing.
        ttl: Seconds after its last save when an instance is forgotten; `None` for never.
        cache: What answers reads in front of the store, `"memory"` or `"redis"`; `None` for nothing.
        access: Who may read it; `None` for its holder alone.
        now_on_create, now_on_update: The names of the fields that are set to the time when an
            instance is first stored, and whenever a change of it is.
        write_only: The names of the fields that `create` and `update` take, and that are never
            shown: errors may be about them, and do not say what is in them.
        has_html: Whether the class has `__ft__` or `__html__`.
        many: The entity and the field behind each `Many` and `One` of the class, by its name there.
        files: The names of the fields of bytes, which are downloaded, and no part of a page's data.
        mutable_fields: The fields in which there may be something that can be changed.
        is_immutable_flat: Whether there are none, so that its values need not be copied.
        is_in_browser: Whether its instances are kept in the browsers of their holders.
        is_global, is_record: Whether `scope` is `Scope.GLOBAL`, or `Scope.RECORD`.
        is_numbered: Whether the store gives a new record its id, a running number.
        leaves_traces: Whether reading an instance may leave something behind in it.
        is_simple: Whether it has plain fields, and whoever may run its events may read it.
        plain: The type of each public field that can be validated alone, and that JSON has as it
            is.
        constrained: The core schemas of those of which not every value of the type is valid.
        sent: Puts aliases into a public state, for programs; `None` where there are none.
        hydrate: Makes an instance of stored values, which shares nothing with them.
        adopt: Makes one of values that nobody else holds on to.
        validate: Makes a validated instance of values.
    """

    __slots__ = (
        "_checks",
        "_hidden",
        "_initial",
        "_width",
        "access",
        "adopt",
        "cache",
        "cls",
        "constrained",
        "files",
        "has_html",
        "hydrate",
        "is_global",
        "is_immutable_flat",
        "is_in_browser",
        "is_numbered",
        "is_record",
        "is_simple",
        "leaves_traces",
        "many",
        "mutable_fields",
        "name",
        "namespace",
        "now_on_create",
        "now_on_update",
        "plain",
        "scope",
        "scope_name",
        "sent",
        "state",
        "store",
        "ttl",
        "validate",
        "write_only",
    )

    def __init__(
        self,
        cls: type[E],
        *,
        name: str,
        namespace: str,
        store: StateStore,
        scope: Scope,
        state: Callable[[E], State],
        ttl: float | None = None,
        cache: CacheName | None = None,
        access: Access | Policy | None = None,
        now_on_create: Iterable[str] = (),
        now_on_update: Iterable[str] = (),
        write_only: Iterable[str] = (),
        has_html: bool = False,
        many: Mapping[str, OtherSide] | None = None,
        one: Mapping[str, OtherSide] | None = None,
    ) -> None:
        if cls.model_config.get("extra") == "allow":
            raise ConfigurationError(
                f"{cls.__name__} has extra='allow' in its model_config. The fields of an entity"
                " are all declared; keep the rest in a field of type dict."
            )
        self.cls = cls
        self.name = name
        self.namespace = namespace
        self.store = store
        self.scope = scope
        self.scope_name: str = scope.value
        self.state = state
        self.ttl = ttl
        self.cache = cache
        self.access: Access | Policy | None = access
        self.now_on_create = tuple(now_on_create)
        self.now_on_update = tuple(now_on_update)
        self.write_only = frozenset(write_only)
        self.has_html = has_html
        self.many = {**(many or {}), **(one or {})}
        for relation in self.many:
            kind = One if one and relation in one else Many
            setattr(cls, relation, OtherSideAccessor(relation, kind))
        prepare_mapped(cls)
        self.files = frozenset(
            [
                name
                for name, field in cls.__pydantic_fields__.items()
                if field.annotation is bytes or bytes in get_args(field.annotation)
            ]
        )
        self.mutable_fields = mutable = mutable_fields(cls)
        self.is_immutable_flat = not mutable
        self.is_in_browser = store in (StateStore.CLIENT_SESSION, StateStore.CLIENT_LOCAL)
        self.is_global = scope is Scope.GLOBAL
        self.is_record = scope is Scope.RECORD
        self.is_numbered = self.is_record and is_numbered(cls)
        self.leaves_traces = leaves_traces(cls)
        schemas = plain_schemas(cls)
        self.plain = {name: PLAIN[schema["type"]] for name, schema in schemas.items()}
        # A schema that says more than a type allows less.
        self.constrained = {name: each for name, each in schemas.items() if len(each) > 1}
        self._checks: dict[str, Callable[[object], object]] = {}
        is_open = access is None or access is Access.PUBLIC
        self.is_simple = bool(self.plain) and is_open and not self.now_on_update
        self._initial: Mapping[str, object] | None = None
        self._hidden: Sequence[str] | None = None
        self._width = 0
        self.sent: Sender | None = sender(cast("Hashable", cls))
        self.hydrate, self.adopt = instance_factories(cls, mutable)
        self.validate = validator(cls, mutable)

    def __repr__(self) -> str:
        return f"<EntityDefinition {self.name} of {self.cls.__qualname__}>"

    def key(self, scope_key: "str | int | UUID") -> Key:
        """Return the key of the instance that belongs to `scope_key`.

        `scope_key` is the session, the actor's id, or the record's id; for `Scope.GLOBAL` it does
        not matter.
        """
        if not isinstance(scope_key, str):
            scope_key = str(scope_key)
        values = (self.name, self.scope_name, "" if self.is_global else scope_key)
        return _new_tuple(Key, values)

    def state_of(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return the public state of stored values.

        Where all of it is values that JSON has as they are, no instance is made for it.
        """
        hidden = self._hidden
        if hidden is None:
            state = self.state(self.hydrate(values))
            if self.plain.keys() | {"id"} >= state.keys():
                # The author's class has the last word on what is public, in what order, and on
                # what an id is in JSON.
                public = {name: value for name, value in values.items() if name in state}
                if [*public.items()] == [*state.items()]:
                    self._hidden = [name for name in values if name not in state]
                    self._width = len(values)
            return state
        if len(values) != self._width:
            return self.state(self.hydrate(values))
        state = dict(values)
        for name in hidden:
            del state[name]
        return state

    def is_valid(self, name: str, value: object) -> bool:
        """Return whether a value of one of the `constrained` fields is valid, and stored as it is."""
        check = self._checks.get(name)
        if check is None:
            # Made when it is first needed, since it takes longer than many apps take for the rest.
            schema = cast("CoreSchema", self.constrained[name])
            # Its class says which patterns there are, for example.
            config = self.cls.__pydantic_core_schema__.get("config")
            check = self._checks[name] = SchemaValidator(schema, config).validate_python
        try:
            return check(value) == value
        except ValidationError:
            return False

    def sent_state(self, state: Mapping[str, object]) -> Mapping[str, object]:
        """Return a public state as programs get it: under the aliases of its fields."""
        return state if self.sent is None else self.sent(state)

    def initial_state(self) -> Mapping[str, object]:
        """Return the public state of a new instance: what a page shows before anything is stored.

        What a default factory makes differs from instance to instance, and so counts as changed.
        """
        if self._initial is not None:
            return self._initial
        state = self.state(self.cls())
        fields = self.cls.__pydantic_fields__.items()
        made = {name for name, field in fields if field.default_factory is not None}
        if self.plain and self.is_immutable_flat and made.isdisjoint(state):
            self._initial = state
        return state

    def make(self, values: Mapping[str, object]) -> E:
        """Make a new instance of what somebody gave, whose class decides whether it will do.

        Fields that are not among `values` get their defaults.

        Raises:
            InvalidState: It will not do; the error names fields that are among `values`, and those
                that are missing and not private.
        """
        try:
            return self.validate(values)
        except ValidationError as error:
            raise self._invalid(values, errors_of(error)) from None
        except InvalidValues as invalid:
            raise self._invalid(values, invalid.errors) from None

    def _invalid(self, values: Mapping[str, object], errors: list[ArgumentError]) -> InvalidState:
        if self.write_only:
            written = {name: values[name] for name in self.write_only if name in values}
            errors = withheld(errors, [*value_texts(written)])
        logger.warning("%s cannot be made of what was given: %s", self.name, errors)
        missing = {error.name for error in errors if error.type == "missing"}
        missing -= private_names(self.cls) - self.write_only
        return InvalidState(self.name, public_errors(errors, values.keys() | missing))
