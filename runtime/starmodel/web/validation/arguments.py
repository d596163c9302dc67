"""The arguments of an event, out of a request: where they come from and what they may be.

An argument is looked for in the query string, which is what the page's author wrote, then in
the body: a JSON object, or a form. It is never taken from a header or a cookie. Whatever else a
request holds is ignored and changes nothing.

Schemas become validators when they are declared; nothing is built while a request is served.
"""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Self, cast
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import (
    PydanticCustomError,
    SchemaValidator,
    ValidationError,
    core_schema,
    from_json,
    to_json,
)
from pydantic_core.core_schema import CoreSchema

from starmodel.domain import UNSET, UnsetType
from starmodel.domain.field_aliases import InputNames, input_names
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.errors import (
    ArgumentError,
    BadRequest,
    InvalidArguments,
    PayloadTooLarge,
    UnknownArguments,
    UnsupportedMediaType,
)
from starmodel.web.http.form_body import MULTIPART, URLENCODED, Upload, read_form
from starmodel.web.http.http_request import HTTPRequest, media_type
from starmodel.web.http.request_limits import MAX_SIGNALS, MAX_STRING
from starmodel.web.validation import json_body
from starmodel.web.validation.argument_schemas import (
    TextKind,
    bounded,
    field_names,
    has_aliases,
    is_optional,
    may_be_none,
    part_schema,
    text_kind,
)
from starmodel.web.validation.input_schema import (
    CONFIG,
    from_texts,
    input_schema,
    takes_booleans,
    without_booleans,
)
from starmodel.web.validation.messages import argument_error, simple_error
from starmodel.web.validation.untouched import (
    LINE_END,
    Shown,
    read_shown,
    row_numbers,
    rows_in,
    untouched,
    with_line_breaks,
)

JSON: Final = b"application/json"

_LETTER_F, _LETTER_R = b"fr"

_IMMUTABLE = (str, int, float, bytes, Decimal, date, time, timedelta, UUID, Enum, type(None))
_BODYLESS = frozenset({"GET", "HEAD", "DELETE"})

MAX_PARTS = 8
"""How deep a value object may be in a form."""

NOTHING: Final[frozenset[str]] = frozenset()

EMPTY_LIST: Final = "[]"
"""The text of a list that somebody has emptied."""

MAX_ERRORS = 20
"""How much is said about one argument."""


class Required(Enum):
    """The type of `REQUIRED`."""

    REQUIRED = "required"

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = Required.REQUIRED
"""The default of an argument that has none."""


class Argument:
    """One argument.

    Args:
        schema: Its type, as pydantic-core has it.
        default: Its value where it is not given; a mutable one is copied each time.
        frozen: Whether it is a field of a record that no update changes.
        update: Its type in an update, where that is another one.
        write_only: Whether no form shows what it is, so that an empty input says nothing of it.
    """

    __slots__ = (
        "_of_json",
        "_of_texts",
        "_update",
        "default",
        "frozen",
        "is_optional",
        "kind",
        "schema",
        "write_only",
    )

    def __init__(
        self,
        schema: CoreSchema,
        *,
        default: object = REQUIRED,
        frozen: bool = False,
        update: CoreSchema | None = None,
        write_only: bool = False,
    ) -> None:
        self.schema = input_schema(bounded(schema))
        self.default = default
        self.frozen = frozen
        self.write_only = write_only
        self._update = update or schema
        self.kind: TextKind = text_kind(schema)
        self.is_optional = is_optional(schema)
        # Each is made when it is first needed: most bodies are checked as a whole.
        self._of_json: SchemaValidator | None = None
        self._of_texts: SchemaValidator | None = None

    def for_update(self) -> "UpdateArgument":
        """Return the same field as an update takes it."""
        return UpdateArgument(self._update, write_only=self.write_only)

    @property
    def is_made_later(self) -> bool:
        """Return whether the author's class makes its default, where nobody gives a value."""
        return self.default is UNSET

    @property
    def is_bytes(self) -> bool:
        """Return whether a file may be its value."""
        inner: Any = self.schema
        while "schema" in inner:
            inner = inner["schema"]
        return inner["type"] == "bytes"

    @property
    def of_json(self) -> SchemaValidator:
        """Checks this argument alone, as JSON has it."""
        if self._of_json is None:
            self._of_json = SchemaValidator(without_booleans(self.schema), CONFIG)
        return self._of_json

    @property
    def of_texts(self) -> SchemaValidator:
        """Checks this argument alone, as a form or a URL has it; to be called with `strict=False`."""
        if self._of_texts is None:
            self._of_texts = SchemaValidator(from_texts(self.schema), CONFIG)
        return self._of_texts

    def _validate_text(self, text: bytes) -> Any:
        """Check what a form or a URL has as JSON; forms call parts by their names."""
        return self.of_texts.validate_json(text, strict=False, by_alias=True, by_name=True)

    def field(self, *, is_exact: bool = False) -> core_schema.TypedDictField:
        """Return its part of the schema of all arguments together.

        With `is_exact` no number is `true` or `false`, which takes longer.
        """
        schema = without_booleans(self.schema) if is_exact else self.schema
        if self.default is REQUIRED:
            return core_schema.typed_dict_field(schema)
        # A default that can be changed is copied: pydantic-core sees that it has no hash.
        schema = core_schema.with_default_schema(schema, default=self.default)
        return core_schema.typed_dict_field(schema, required=False)

    def read_text(self, text: str, *, is_form: bool, is_typed: bool = False) -> object:
        """Read what somebody typed, or what a URL says.

        An empty text is a value only for what can be a text; else nothing was filled in. In a form
        it is none either where the default is made later and, in a browser's (`is_typed`), where
        it stands for `None`.

        Raises:
            ValidationError: It does not fit.
        """
        if self.kind != "text" and not text.strip():
            if is_form and self.is_made_later:
                return self.default
            return None if self.is_optional else self.read_empty(is_form=is_form)
        if is_form and not text:
            if self.is_made_later:
                return self.default
            if is_typed and self.is_optional and self.schema["type"] != "any":
                return None
        if self.kind == "json" or (self.kind == "list" and text.lstrip().startswith("[")):
            body = text.encode("utf-8", "replace")
            json_body.check(body)
            value = self._validate_text(body)
            if json_body.has_twice(json_body.parse(body)):
                raise _error(PydanticCustomError("duplicate", "This is given twice."))
            return value
        if self.kind == "list":
            lines = [line.strip() for line in LINE_END.split(text)]
            found = to_json([line for line in lines if line])
            return self._validate_text(found)
        # A single text is a valid input, which pydantic-core's own types leave out.
        single: Any = text
        return self.of_texts.validate_strings(single, strict=False)

    def read_json(self, value: object, *, is_page: bool = False) -> object:
        """Read a part of a JSON body.

        Args:
            value: The part.
            is_page: Whether one of our pages has sent it, which has only texts in most of its
                inputs. So a text that is no value of the argument is read as in a form.

        Raises:
            ValidationError: It does not fit.
        """
        try:
            if is_page:
                return self.of_json.validate_json(to_json(value), by_alias=True, by_name=True)
            return self.of_json.validate_json(to_json(value))
        except ValidationError:
            if not is_page:
                raise
            if not isinstance(value, str):
                return self._validate_text(to_json(value))
            if not (value.strip() or self.is_optional):
                raise
            return self.read_text(value, is_form=False)

    def read_empty(self, *, is_form: bool) -> object:
        """Return the value of an argument that is there, and empty: as if it were not.

        In a form, no lines are a list without items where one has to be given.

        Raises:
            ValidationError: It is required.
        """
        if is_form and self.kind == "list" and self.default is REQUIRED:
            return self.of_texts.validate_json(b"[]", strict=False)
        return self.read_nothing(is_form=is_form)

    def read_nothing(self, *, is_form: bool) -> object:
        """Return the value of an argument that is not there.

        A box that is not ticked is not sent, so in a form nothing means no.

        Raises:
            ValidationError: It is required.
        """
        if is_form and self.kind == "flag" and not self.is_optional:
            return False
        if self.default is REQUIRED:
            raise _error("missing")
        return self.default if isinstance(self.default, _IMMUTABLE) else copy.deepcopy(self.default)


class UpdateArgument(Argument):
    """A field that an update may change: where it is left out, it is `UNSET`.

    In a form that shows what the field is, an input that was emptied says that there is nothing
    now, and not that all is as it was.
    """

    __slots__ = ()

    def __init__(self, schema: CoreSchema, *, write_only: bool = False) -> None:
        super().__init__(schema, default=UNSET, write_only=write_only)

    def read_text(self, text: str, *, is_form: bool, is_typed: bool = False) -> object:
        """Read what somebody typed; an input that shows nothing of it changes nothing if empty.

        Raises:
            ValidationError: It does not fit.
        """
        if self.write_only and is_form and not text:
            return UNSET
        return super().read_text(text, is_form=is_form, is_typed=is_typed)

    @property
    def is_made_later(self) -> bool:
        """Return `False`: an update leaves what it is not given."""
        return False

    def read_empty(self, *, is_form: bool) -> object:
        """Return an empty list, no bytes, or a box that is not ticked; nothing else can be empty.

        Raises:
            ValidationError: It cannot be empty.
        """
        if self.schema["type"] == "bytes":
            return self.of_texts.validate_python(b"")
        if self.kind == "list":
            return self.of_texts.validate_json(b"[]")
        if self.kind == "flag":
            return False
        raise _error("missing")


def _refuse_id(value: object) -> UnsetType:
    if value is None:
        return UNSET
    raise PydanticCustomError("frozen_field", "A new record gets its id here; leave it out.")


NO_ID = Argument(core_schema.no_info_plain_validator_function(_refuse_id), default=UNSET)
"""The id of a new record that its store will number."""


class Arguments:
    """All arguments of one event: `Arguments(amount=Argument(int_schema(), default=1))`."""

    __slots__ = (
        "_holds_objects",
        "_is_exclusive",
        "_quoted",
        "_validate",
        "_validate_exactly",
        "_validate_json",
        "arguments",
        "has_aliases",
        "input_names",
        "names",
    )

    def __init__(self, **arguments: Argument) -> None:
        self.arguments = arguments
        self.names = tuple(arguments)
        self.input_names: InputNames | None = None
        self._is_exclusive = False
        # Pages send the parts of value objects by their names, which pydantic is told then.
        self.has_aliases = any(has_aliases(argument.schema) for argument in arguments.values())
        # A name spelled in any other way has a backslash, and is found out by that.
        self._quoted = tuple(f'"{name}"'.encode() for name in arguments)
        self._holds_objects = any(
            argument.kind in ("json", "list") or argument.schema["type"] == "any"
            for argument in arguments.values()
        )
        # pydantic takes `true` for a number, and does so much faster than it can be told not to.
        self._validate_json = self._validator(is_exact=False).validate_json
        self._validate_exactly: Callable[[bytes], dict[str, Any]] | None = None
        has_numbers = any(takes_booleans(argument.schema) for argument in arguments.values())
        self._validate: Callable[[bytes], dict[str, Any]] = (
            self._validate_numbers if has_numbers else self._validate_json
        )

    def __repr__(self) -> str:
        return f"<Arguments {', '.join(self.names)}>"

    def under(self, names: InputNames | None) -> Self:
        """Look for the arguments where the fields of a class are looked for."""
        self.input_names = names
        self._holds_objects = self._holds_objects or names is not None
        return self

    def of_class(self, cls: type[BaseModel]) -> Self:
        """Look for the arguments under the aliases of a class.

        With `extra="forbid"` JSON of programs may give nothing else.
        """
        self._is_exclusive = cls.model_config.get("extra") == "forbid"
        self._holds_objects = self._holds_objects or self._is_exclusive
        return self.under(input_names(cls))

    async def read(
        self,
        request: HTTPRequest,
        stored: Mapping[str, Any] | None = None,
        objects: Collection[str] = (),
    ) -> dict[str, Any]:
        """Read the arguments out of a request, each by its name.

        Args:
            request: The request.
            stored: The public state of the record whose form was sent: the form sends of it what
                was changed.
            objects: The names of the value objects of which the form sends the changed parts.

        Raises:
            InvalidArguments: Some are missing, given twice, or do not fit; all are named.
            BadRequest: The body is no JSON object and no form, or is beyond a limit.
            PayloadTooLarge, UnsupportedMediaType: The body is too large, or of another kind.
        """
        if not self.names:
            return {}
        if (
            request.method == "POST"
            and not request.scope["query_string"]
            and request.headers.get(b"content-type") == JSON
        ):
            # What nearly every request is like.
            body = await request.body()
            if not self._holds_objects and json_body.is_plain(body, self._quoted):
                try:
                    return self._validate(body)
                except ValidationError:
                    # Looked at more closely below, to say what is wrong with it.
                    pass
        # Datastar has no body to put the signals of these methods in, and sends them so.
        is_bodyless = request.method in _BODYLESS
        if not request.scope["query_string"] and not is_bodyless:
            return await self._read_body(request, {}, stored, objects)
        items = self._by_names(request.query_items, by_name=False)
        texts = self._pick(items)
        if len(texts) == len(self.names):
            return self._read_each(texts)
        signals = [value for name, value in items if name == "datastar"] if is_bodyless else []
        if len(signals) > 1:
            raise InvalidArguments((simple_error("", "duplicate"),))
        if signals:
            if len(signals[0]) > MAX_SIGNALS:
                raise PayloadTooLarge(MAX_SIGNALS)
            body = signals[0].encode("utf-8")
            return self._read_json(body, texts, is_page=request.has_signals)
        if is_bodyless and request.method != "DELETE":
            return self._read_each(texts)
        return await self._read_body(request, texts, stored, objects)

    async def _read_body(
        self,
        request: HTTPRequest,
        texts: dict[str, str],
        stored: Mapping[str, Any] | None,
        objects: Collection[str],
    ) -> dict[str, Any]:
        body = await request.body()
        content_type = request.headers.get(b"content-type", b"")
        kind = JSON if content_type == JSON else media_type(request.headers)
        known = {name: stored[name] for name in objects if name in stored} if stored else {}
        if kind == JSON and body:
            return self._read_json(body, texts, known, is_page=request.is_scripted)
        if kind in (URLENCODED, MULTIPART):
            fields = read_form(body, content_type) if body else []
            fields = self._by_names(fields, by_name=True)
            is_typed = b"text/html" in request.headers.get(b"accept", b"")
            if is_typed:
                fields = with_line_breaks(fields)
            shown = read_shown(fields)
            same = untouched(fields, shown)
            rows = [name for name in rows_in(fields) if name in self.arguments]
            left = self._left(shown, same, rows)
            if stored is not None:
                left |= _same_lines(fields, stored)
            if stored and rows:
                known = {**known, **{name: _rows_of(stored.get(name)) for name in rows}}
            fields = _without_empty_rows(fields, rows, same)
            sent = {name for name, _ in fields}
            kept = _parts(known, [way for way in same if _row(way, rows) is None or way in sent])
            fields = [
                (name, value)
                for name, value in fields
                if name not in kept and name.partition(".")[0] not in left
            ]
            emptied = {name for name, value in fields if not value and name in shown} - same
            parts = self._emptied_parts(emptied, is_update=stored is not None)
            fields = [
                (name, EMPTY_LIST if name in emptied and self._is_list(name) else value)
                for name, value in fields
            ]
            rows = [name for name in rows if name not in left]
            given = self._pick(self._gather(fields, {**kept, **parts}, rows))
            # Whoever sends a form by PATCH is a program, and leaves out what it does not mean.
            is_form = request.method != "PATCH"
            return self._read_each(
                {**given, **texts}, is_form=is_form, is_typed=is_typed, left=left
            )
        if body:
            raise UnsupportedMediaType(kind.decode("latin-1"))
        return self._read_each(texts)

    def _validator(self, *, is_exact: bool) -> SchemaValidator:
        """Make what checks a whole body."""
        fields = {name: one.field(is_exact=is_exact) for name, one in self.arguments.items()}
        schema = core_schema.typed_dict_schema(fields, extra_behavior="ignore", config=CONFIG)
        return SchemaValidator(schema, CONFIG)

    def _validate_numbers(self, body: bytes) -> dict[str, Any]:
        """Check a whole body, of which some arguments are numbers.

        Raises:
            ValidationError: It does not fit.
        """
        # A letter is looked for in a tenth of the time that a word takes.
        is_plain = _LETTER_R not in body or body.find(b"true") < 0
        if is_plain and (_LETTER_F not in body or body.find(b"false") < 0):
            return self._validate_json(body)
        if self._validate_exactly is None:
            self._validate_exactly = self._validator(is_exact=True).validate_json
        return self._validate_exactly(body)

    def _read_json(
        self,
        body: bytes,
        texts: Mapping[str, str],
        stored: Mapping[str, object] | None = None,
        *,
        is_page: bool = False,
    ) -> dict[str, Any]:
        """Read a JSON body, and the texts that a query string gave before it.

        `stored` are the value objects of which only what was changed is sent.
        """
        members: json_body.Members | None = None
        if texts or self._holds_objects or not json_body.is_plain(body, self._quoted):
            json_body.check(body)
            members = json_body.load(body)
            members.refuse_twice([name for name in self.names if name not in texts])
            if self._is_exclusive and not is_page:
                self._refuse_others(members)
            if self.input_names is not None:
                members.refuse_twice(self.input_names.spelled)
                by_name = self.input_names.read(members, self.names, by_name=is_page)
                members = json_body.Members([*by_name.items()])
        is_renamed = self.input_names is not None or (is_page and self.has_aliases)
        if not texts and not stored and not is_renamed:
            try:
                return self._validate(body)
            except ValidationError:
                # Each argument is looked at alone now, to say of each what is wrong with it.
                members = members or json_body.load(body)
        if stored and members is not None:
            members.update(
                {name: _over(stored[name], members[name]) for name in stored if name in members}
            )
        return self._read_each(texts, members, is_page=is_page)

    def _refuse_others(self, members: Mapping[str, object]) -> None:
        """Go on if a JSON object has no names but those of arguments.

        Raises:
            UnknownArguments: It has others.
        """
        names = self.input_names
        known = {*self.names} if names is None else {*names.known(self.names)}
        unknown = [name for name in members if name not in known]
        if unknown:
            raise UnknownArguments(
                tuple(simple_error(name, "extra_forbidden") for name in unknown[:MAX_ERRORS])
            )

    def _by_names(self, items: list[tuple[str, str]], *, by_name: bool) -> list[tuple[str, str]]:
        names = self.input_names
        return items if names is None else names.read_texts(items, by_name=by_name)

    def _left(self, shown: Shown, same: Collection[str], rows: Collection[str]) -> set[str]:
        """Name the arguments that have a default, and of which no input was touched."""
        touched = {way.partition(".")[0] for way in shown if way not in same}
        touched.update([name for name in rows if name not in same])
        return {
            name
            for name in {way.partition(".")[0] for way in same} - touched
            if name in self.arguments and self.arguments[name].default is not REQUIRED
        }

    def _is_list(self, name: str) -> bool:
        """Return whether an argument is a list, and is never `None`."""
        argument = self.arguments.get(name)
        return argument is not None and argument.kind == "list" and not argument.is_optional

    def _emptied_parts(self, ways: Collection[str], *, is_update: bool) -> dict[str, object]:
        """Return what the parts of value objects are now whose inputs somebody has emptied.

        What cannot be empty is left out of a new value object, and has its default.
        """
        parts: dict[str, object] = {}
        for way in ways:
            first, *rest = way.split(".")
            if not rest or first not in self.arguments or way in self.arguments:
                continue
            schema = part_schema(self.arguments[first].schema, rest)
            if schema is None:
                continue
            if is_optional(schema):
                parts[way] = None
            elif is_update or text_kind(schema) == "text":
                parts[way] = ""
        return parts

    def _gather(
        self,
        items: list[tuple[str, str]],
        kept: Mapping[str, object],
        rows: Collection[str] = (),
    ) -> list[tuple[str, str]]:
        """Put the parts of value objects together: `size.width` and `size.height` are one `size`.

        An input that nothing was typed into gives nothing. `kept` are the values of parts of
        which the inputs do not tell: they go with the others of the same value object. `rows`
        are lists and mappings whose parts are numbered: `lines.0.amount`.
        """
        objects: dict[str, dict[str, Any]] = {name: {} for name in rows}
        gathered: list[tuple[str, str]] = []
        for name, value in items:
            first, *rest = name.split(".")
            if not rest or first not in self.arguments or name in self.arguments:
                gathered.append((name, value))
            elif len(rest) > MAX_PARTS:
                raise BadRequest("A name in the form has too many parts.")
            elif value:
                _put(objects, name, value)
            else:
                objects.setdefault(first, {})
        for name, value in kept.items():
            if name.partition(".")[0] in objects:
                _put(objects, name, value)
        texts = [
            (name, self._rows_text(name, value) if name in rows else _json(value))
            for name, value in objects.items()
        ]
        return [*gathered, *texts]

    def _rows_text(self, name: str, rows: Mapping[str, Any]) -> str:
        """Write the rows of a list, or of a mapping, as JSON; `""` for none where `None` fits."""
        argument = self.arguments[name]
        items = [rows[at] for at in row_numbers(rows, "")]
        if not items and argument.is_optional:
            return ""
        if argument.kind == "list":
            return _json(items)
        # As text, so that a key that is there twice is found.
        empty = None if may_be_none(argument.schema) else ""
        pairs = [
            f"{_json(item.get('key', ''))}:{_json(item.get('value', empty))}"
            for item in items
            if is_mapping(item)
        ]
        return f"{{{','.join(pairs)}}}"

    def _pick(self, items: list[tuple[str, str]]) -> dict[str, str]:
        """Pick the arguments out of names and values."""
        texts: dict[str, str] = {}
        for name, value in items:
            if name not in self.arguments:
                continue
            if isinstance(value, Upload) and not self.arguments[name].is_bytes:
                continue
            if name in texts:
                raise InvalidArguments((simple_error(name, "duplicate"),))
            if len(value) > MAX_STRING and not isinstance(value, Upload):
                raise BadRequest(f"A text may have at most {MAX_STRING} characters.")
            texts[name] = value
        return texts

    def _read_each(
        self,
        texts: Mapping[str, str],
        members: Mapping[str, object] | None = None,
        *,
        is_form: bool = False,
        is_page: bool = False,
        is_typed: bool = False,
        left: Collection[str] = NOTHING,
    ) -> dict[str, Any]:
        """Read every argument by itself: as text, else as a part of a JSON body, else neither.

        `is_typed` says that a browser has sent a form, and `left` which arguments nobody has
        touched in it.
        """
        values: dict[str, Any] = {}
        errors: list[ArgumentError] = []
        for name, argument in self.arguments.items():
            try:
                if name in texts:
                    values[name] = argument.read_text(
                        texts[name], is_form=is_form, is_typed=is_typed
                    )
                elif members is not None and name in members:
                    values[name] = argument.read_json(members[name], is_page=is_page)
                elif name in left:
                    values[name] = argument.read_nothing(is_form=False)
                else:
                    values[name] = argument.read_nothing(is_form=is_form)
            except ValidationError as error:
                fields = field_names(argument.schema)
                details = error.errors(include_url=False, include_input=False)
                given = texts[name] if name in texts else (members or {}).get(name)
                value = _parsed(given) if isinstance(given, str) else given
                errors += [
                    argument_error(detail, name, fields, value) for detail in details[:MAX_ERRORS]
                ]
        if errors:
            raise InvalidArguments(tuple(errors))
        return values


def _parsed(text: str) -> object:
    """Return what a text is as JSON; `None` where it is none."""
    try:
        return from_json(text)
    except ValueError:
        return None


def update_arguments(fields: Mapping[str, Argument]) -> Arguments:
    """Return the arguments of an update: the fields that may change, and the version it is for."""
    changed = {name: field.for_update() for name, field in fields.items() if not field.frozen}
    seen = Argument(core_schema.nullable_schema(core_schema.int_schema()), default=None)
    return Arguments(**changed, version=seen)


def _same_lines(fields: list[tuple[str, str]], stored: Mapping[str, Any]) -> set[str]:
    """Name the texts that differ from what is stored in how their line breaks are written."""
    return {
        name
        for name, text in fields
        if isinstance(was := stored.get(name), str)
        and text != was
        and LINE_END.sub("\n", text) == LINE_END.sub("\n", was)
    }


def _json(value: object) -> str:
    return to_json(value).decode("utf-8")


def _rows_of(stored: object) -> Mapping[str, object]:
    """Return what is stored of a list or a mapping by the numbers of its rows."""
    items: Sequence[object] = ()
    if is_mapping(stored):
        items = [{"key": key, "value": value} for key, value in stored.items()]
    elif is_sequence(stored):
        items = stored
    return {str(number): item for number, item in enumerate(items)}


def _without_empty_rows(
    fields: list[tuple[str, str]], rows: Collection[str], same: Collection[str]
) -> list[tuple[str, str]]:
    """Leave out the rows in which nothing is, unless they were shown so and nobody touched them."""
    if not rows:
        return fields
    filled: set[str] = set()
    touched: set[str] = set()
    for name, value in fields:
        row = _row(name, rows)
        if row is not None and value:
            filled.add(row)
        if row is not None and name not in same:
            touched.add(row)
    return [
        (name, value)
        for name, value in fields
        if (row := _row(name, rows)) is None or row in filled or row not in touched
    ]


def _row(way: str, rows: Collection[str]) -> str | None:
    """Return the way to the row that an input is in; `None` for one that is in none."""
    name, _, rest = way.partition(".")
    return f"{name}.{rest.partition('.')[0]}" if rest and name in rows else None


def _put(objects: dict[str, dict[str, Any]], name: str, value: object) -> None:
    """Put a part of a value object, `size.width`, to the others.

    Raises:
        InvalidArguments: It is there already, or part of what is no object.
    """
    first, *rest = name.split(".")
    place = objects.setdefault(first, {})
    for part in rest[:-1]:
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InvalidArguments((simple_error(first, "duplicate"),))
        place = cast("dict[str, Any]", inner)
    if rest[-1] in place:
        raise InvalidArguments((simple_error(first, "duplicate"),))
    place[rest[-1]] = value


def _parts(stored: Mapping[str, Any], ways: Collection[str]) -> dict[str, object]:
    """Return what is stored of those parts of value objects that are among `ways`."""
    parts: dict[str, object] = {}
    for way in ways:
        value: Any = stored
        for name in way.split("."):
            value = value.get(name, UNSET) if is_mapping(value) else UNSET
        if value is not UNSET:
            parts[way] = value
    return parts


def _over(stored: object, given: object) -> object:
    """Put what is given of a value object over what is stored of it."""
    if not is_mapping(stored) or not is_mapping(given):
        return given
    return {**stored, **{name: _over(stored.get(name), value) for name, value in given.items()}}


def _error(type: str | PydanticCustomError) -> ValidationError:
    """Make the error that pydantic would, for what it does not look at."""
    return ValidationError.from_exception_data("argument", [{"type": type, "input": None}])
