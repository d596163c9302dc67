"""Components that show the value of a field: on a record, and as a column of a list or a table.

A field is named by its signal (`bindings.price`), inside of a group or a table by the name of the
part. It says what is shown; how that looks is the kit's, and how it stays live the front end's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, ClassVar, Self

from markupsafe import escape

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.frozen import frozen
from starmodel.ui.addresses import escape_text, quote_segment
from starmodel.ui.compiling import Builder
from starmodel.ui.formats import (
    NUMBER_TEXTS,
    Format,
    choice_key,
    datetime_text,
)
from starmodel.ui.names import Signal
from starmodel.ui.template import Filler, Inline, Renderable

Reader = Callable[[Mapping[str, Any]], Any]


class Item:
    """Takes a field out of a state; a template can do it without a call."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, state: Mapping[str, Any]) -> Any:
        """Return the value of the field."""
        return state[self.name]


def inline(source: str, read: Reader, **names: Any) -> Inline:
    """Return a filler that is one expression of a value, which stands in its source as `(value)`."""
    if isinstance(read, Item):
        return Inline(source.replace("(value)", "state[{name}]"), name=read.name, **names)
    return Inline(source.replace("(value)", "{read}(state)"), read=read, **names)


@frozen(eq=True)
class Choices:
    """What the values of an enum or a literal are called: `Choices({"draft": "Draft"})`.

    The values are those of the public state, `True` as `"true"`; the order is that of the options.
    """

    labels: Mapping[str, str]


@frozen(kw_only=True)
class Field:
    """Shows one field.

    Args:
        of: The signal of the field; inside of a group or a table its name.
        label: What it is called; by default its name in words.
        hint: A sentence about it.
    """

    of: Signal | str = field(kw_only=False)
    label: str = ""
    hint: str = ""

    is_number: ClassVar[bool] = False
    """Whether it stands in a column of numbers."""

    is_file: ClassVar[bool] = False
    """Whether its value is no text, and is not among the data of a page."""

    is_wide: ClassVar[bool] = False
    """Whether it is shown below its label rather than beside it."""

    def replace(self, **changes: Any) -> Self:
        """Return the same component with some of its properties changed."""
        return replace(self, **changes)

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.of.name if isinstance(self.of, Signal) else self.of

    @property
    def title(self) -> str:
        """What it is called."""
        return self.label or in_words(self.name)

    def html(self, value: Any, view: Any) -> str:
        """Return a value as HTML, to stand in a row of a list."""
        raise NotImplementedError

    def shown(self, builder: Builder) -> Callable[[Any, Any], str]:
        """Return what writes a value and a view as `html` does, in the look of a kit."""
        return self.html

    def cell(self, builder: Builder) -> Filler:
        """Return what writes the value into a row of a list."""
        name, show = self.name, self.shown(builder)
        return lambda state, view: show(state[name], view)

    def text(self, value: Any, view: Any) -> str:
        """Return a value as plain text, to stand in a file: whole, and as programs read it."""
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return the element that shows the value, and keeps showing it.

        Args:
            builder: What compiles the page.
            read: Takes the value out of the state.
            path: Names the value: `product.price`.
        """
        raise NotImplementedError

    def element(self, builder: Builder, *, scope: str, owner: Reader | None = None) -> Renderable:
        """Return the element of the field in a description list; `scope` is what it belongs to."""
        name = self.name
        read: Reader = Item(name)
        if owner is not None:
            read = lambda state: owner(state)[name]  # noqa: E731
        return self.live(builder, read, f"{scope}.{name}")


ACRONYMS = {
    word.lower(): word
    for word in "API BIC CSV EAN HTML IBAN ID IP ISBN JSON PDF PIN SKU URL UUID VAT XML".split()
}
"""Words of names that are written in capitals."""


_CAPITAL = re.compile("(?<=[a-z0-9])(?:[A-Z](?![A-Z])|[A-Z]+(?![a-z]))")
"""The beginning of a word in camelCase, or all of it."""


def _begun(match: re.Match[str]) -> str:
    word = match[0]
    return f"_{word if len(word) > 1 else word.lower()}"


def in_words(name: str) -> str:
    """Write a name in words: `Available from`, `SKU`, `Customer ID`, `firstName` as `First name`."""
    parts = _CAPITAL.sub(_begun, name).split("_")
    words = [ACRONYMS.get(word, word) for word in parts if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


@frozen(kw_only=True)
class Single(Field):
    """A field without parts; `format` says how it is written."""

    @property
    def format(self) -> Format:
        """How the value is written."""
        return Format("text")

    def html(self, value: Any, view: Any) -> str:
        """Return the value, escaped."""
        return escape_text(self.format.text(value))

    def text(self, value: Any, view: Any) -> str:
        """Return the value: words as they are read, and numbers and dates as programs have them."""
        if self.format.name in ("boolean", "choice", "duration"):
            return self.format.text(value)
        return "" if value is None else str(value)

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return a value that the front end keeps as it is."""
        return builder.kit.value(
            builder.hole(self.filler(read)),
            builder.frontend.text(path, self.format),
            field=self,
        )

    def filler(self, read: Reader) -> Filler:
        """Return what writes the value into a page."""
        text = self.format.text
        return lambda state, view: escape_text(text(read(state)))

    def cell(self, builder: Builder) -> Filler:
        """Return what writes the value into a row of a list: a component of one's own by `html`."""
        is_plain = type(self).shown in (Field.shown, Choice.shown) and not (
            isinstance(self, Choice) and self.badges
        )
        if is_plain and type(self).html in (Single.html, Text.html, Number.html, Choice.html):
            return self.filler(Item(self.name))
        return super().cell(builder)


@frozen(kw_only=True)
class Text(Single):
    """A text; line breaks are kept."""

    def filler(self, read: Reader) -> Filler:
        """Return what writes the text into a page."""
        source = "{escape}(v) if (v := (value)) else {nothing}"
        return inline(source, read, escape=escape_text, nothing="")

    def html(self, value: Any, view: Any) -> str:
        """Return the text, escaped."""
        return escape_text(value) if value else ""


@frozen(kw_only=True)
class Number(Single):
    """A whole number, a float or a decimal."""

    grouped: bool = True
    """Whether there are separators between thousands; a number that is an id has none."""

    is_number: ClassVar[bool] = True

    @property
    def format(self) -> Format:
        """With separators between thousands, or as the digits are."""
        return Format("number" if self.grouped else "text")

    def html(self, value: Any, view: Any) -> str:
        """Return the number; no digit needs to be escaped."""
        return NUMBER_TEXTS[value] if self.grouped else self.format.text(value)

    def filler(self, read: Reader) -> Filler:
        """Return what writes the number into a page."""
        if not self.grouped:
            return super().filler(read)
        return inline("{texts}[(value)]", read, texts=NUMBER_TEXTS)


@frozen(kw_only=True)
class Boolean(Single):
    """Yes or no."""

    @property
    def format(self) -> Format:
        """As a word."""
        return Format("boolean")

    def filler(self, read: Reader) -> Filler:
        """Return what writes the word into a page."""
        source = "{yes} if (v := (value)) else {no} if v is False else {nothing}"
        return inline(source, read, yes="Yes", no="No", nothing="")


@frozen(kw_only=True)
class Choice(Single):
    """A value of an enum or a literal, by what it is called.

    Args:
        choices: What its values are called.
        badges: By value the kind of the badge that it is shown as: `neutral`, `success`, `warning`
            or `danger`; neutral where there are badges, and none for the value.
    """

    choices: Choices = field(kw_only=False)
    badges: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def format(self) -> Format:
        """As its label."""
        return Format("choice", self.choices.labels)

    def html(self, value: Any, view: Any) -> str:
        """Return the label of the value, escaped."""
        return (
            escape_text(self.choices.labels.get(choice_key(value), "")) if value is not None else ""
        )

    def shown(self, builder: Builder) -> Callable[[Any, Any], str]:
        """Return what writes a value as a badge, where there are badges."""
        if not self.badges:
            return self.html
        made = {
            value: builder.kit.badge(label, self.badges.get(value, "neutral")).__html__()
            for value, label in self.choices.labels.items()
        }
        return lambda value, _: "" if value is None else made.get(choice_key(value), "")

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return the label, which the front end keeps; a badge is sent anew as a whole."""
        if not self.badges:
            return super().live(builder, read, path)
        show = self.shown(builder)
        return builder.fragment(self, lambda state, view: show(read(state), view), path, read)


@frozen(kw_only=True)
class Date(Single):
    """A day."""

    @property
    def format(self) -> Format:
        """As the reader writes days."""
        return Format("date")

    def html(self, value: Any, view: Any) -> str:
        """Return a `<time>`, which the page's script writes as the reader does."""
        if not value:
            return ""
        day = escape(value)
        return f'<time class="local" datetime="{day}">{day}</time>'


@frozen(kw_only=True)
class Time(Single):
    """A time of day."""

    @property
    def format(self) -> Format:
        """To the minute."""
        return Format("time")


@frozen(kw_only=True)
class DateTime(Single):
    """A moment; in the browser, in the reader's own zone.

    With `zoned` its values have a zone, so lists are filtered by moments in the reader's own;
    without a script these are typed as ISO 8601 has them: `2026-01-31T09:00Z`.
    """

    zoned: bool = False

    @property
    def format(self) -> Format:
        """As the reader writes moments."""
        return Format("datetime")

    def html(self, value: Any, view: Any) -> str:
        """Return a `<time>`, which the page's script writes in the reader's own zone."""
        if not value:
            return ""
        return f'<time class="local" datetime="{escape_text(value)}">{datetime_text(value)}</time>'


@frozen(kw_only=True)
class Duration(Single):
    """A number of seconds, as hours, minutes and seconds."""

    is_number: ClassVar[bool] = True

    @property
    def format(self) -> Format:
        """As hours, minutes and seconds."""
        return Format("duration")


@frozen(kw_only=True)
class FragmentField(Field):
    """A field whose markup is sent anew when it changes, under an id of its own."""

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return an element with an id, which the live stream replaces."""
        html = self.html

        def fill(state: Mapping[str, Any], view: Any) -> str:
            return html(read(state), view)

        return builder.fragment(self, fill, path, read)


@frozen(kw_only=True)
class Flags(FragmentField):
    """Members of a `Flag` in one number, by what they are called.

    Args:
        choices: What the numbers of single members are called.
    """

    choices: Choices = field(kw_only=False)

    def html(self, value: Any, view: Any) -> str:
        """Return the labels of the members, with commas between."""
        return escape_text(self.text(value, view))

    def text(self, value: Any, view: Any) -> str:
        """Return the labels of the members, and as a number what has none."""
        if value is None:
            return ""
        single = [(int(bit), label) for bit, label in self.choices.labels.items()]
        rest = value & ~sum(bit for bit, _ in single)
        labels = [label for bit, label in single if value & bit]
        return ", ".join([*labels, *([str(rest)] if rest else [])])


@frozen(kw_only=True)
class Url(FragmentField):
    """An address on the web, as a link."""

    def html(self, value: Any, view: Any) -> str:
        """Return a link where that leads to a web page, and any other address as a text."""
        if not value:
            return ""
        text = escape_text(value)
        # No other scheme is followed: that of `javascript:` runs what somebody has typed.
        if not value.lower().startswith(("http://", "https://")):
            return text
        return f'<a href="{text}" rel="noopener noreferrer nofollow">{text}</a>'

    def text(self, value: Any, view: Any) -> str:
        """Return the address."""
        return "" if value is None else str(value)


@frozen(kw_only=True)
class Link(FragmentField):
    """A record that a field refers to, by what it is called."""

    to: str
    """Where records of its kind are: `/customer`."""

    by: str = "id"
    """The field that such records are called by."""

    def html(self, value: Any, view: Any) -> str:
        """Return a link; `""` for no record."""
        if value is None:
            return ""
        called = view.related_label(self.name, value, self.by)
        return f'<a href="{escape_text(self.to)}/{quote_segment(value)}">{escape_text(called)}</a>'

    def text(self, value: Any, view: Any) -> str:
        """Return what the record is called; its whole id where nothing says it."""
        if value is None:
            return ""
        called = view.related.get(self.name, {}).get(value, {}).get(self.by)
        return str(called) if called else str(value)


@frozen(kw_only=True)
class Links(Link):
    """The records that a field refers to."""

    def html(self, value: Any, view: Any) -> str:
        """Return a list of links; `""` for no records."""
        link = super().html
        return listing([link(id, view) for id in value or ()])

    def text(self, value: Any, view: Any) -> str:
        """Return what the records are called, with commas between."""
        called = super().text
        return ", ".join([called(id, view) for id in value or ()])


@frozen(kw_only=True)
class Related(Field):
    """The records that refer to this one, on its page: the first of them, and a link to all.

    It is named like the other side of the relation, which is no field of the state. Where their
    list has no page, or may not be read, there is the link alone.
    """

    to: str
    """Where records of their kind are: `/order_line`."""

    by: str
    """The filter that finds them: the field by which they refer."""

    single: bool = False
    """Whether there is one at most."""

    @property
    def entity(self) -> str:
        """The name of the entity that they are."""
        return self.to.removeprefix("/")

    def link(self, page: str = "") -> Callable[[Mapping[str, Any], Any], str]:
        """Return what gives the address of their list, or of another page, by the state; escaped."""
        start = f"{escape(self.to)}{page}?{quote_segment(self.by)}="
        return lambda state, _: f"{start}{quote_segment(str(state['id']))}"

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return a link, which stays as it is."""
        words = f"Show {escape(self.title[:1].lower() + self.title[1:])}"
        address = self.link()

        def fill(state: Mapping[str, Any], view: Any) -> str:
            return f'<a href="{address(state, view)}">{words}</a>'

        return builder.kit.value(builder.hole(fill), {}, field=self)


@frozen(kw_only=True)
class Group(Field):
    """A value object, with a component for each of its parts."""

    fields: Sequence[Field] = field(kw_only=False)

    def html(self, value: Any, view: Any) -> str:
        """Return the parts in a line."""
        if value is None:
            return ""
        shown = [(part.title, part.html(value[part.name], view)) for part in self.fields]
        return " · ".join([f"{escape_text(title)}&nbsp;{html}" for title, html in shown if html])

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return the parts, each live by itself."""
        parts = [(part, part.element(builder, scope=path, owner=read)) for part in self.fields]
        return builder.kit.group(parts)


@frozen(kw_only=True)
class Details(FragmentField):
    """A value object that may be missing, or that has parts which come and go."""

    fields: Sequence[Field] = field(kw_only=False)
    is_wide: ClassVar[bool] = True

    def html(self, value: Any, view: Any) -> str:
        """Return a list of the parts; `""` where there is none."""
        if value is None:
            return ""
        return pairs([(part.title, part.html(value[part.name], view)) for part in self.fields])


@frozen(kw_only=True)
class Items(FragmentField):
    """A list, a set or a tuple, whose items are all shown by one component."""

    item: Field = field(kw_only=False)

    def html(self, value: Any, view: Any) -> str:
        """Return a list; `""` for no items."""
        show = self.item.html
        return listing([show(one, view) for one in value or ()])

    def text(self, value: Any, view: Any) -> str:
        """Return the items, with commas between."""
        return ", ".join([self.item.text(one, view) for one in value or ()])


@frozen(kw_only=True)
class Table(FragmentField):
    """A list of value objects: a row for each, a column for each part."""

    columns: Sequence[Field] = field(kw_only=False)
    is_wide: ClassVar[bool] = True

    def html(self, value: Any, view: Any) -> str:
        """Return how many there are and, in short, which."""
        count = len(value or ())
        if not count:
            return ""
        first = self.columns[0]
        names = [first.html(row[first.name], view) for row in value[:3]]
        more = "" if count <= len(names) else f" and {count - len(names)} more"
        return f"{', '.join(names)}{more}"

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return a table of its own, which the live stream replaces."""
        return builder.fragment(self, builder.table(self, read), path, read)


@frozen(kw_only=True)
class Pairs(FragmentField):
    """A mapping: its keys, and its values by one component."""

    item: Field = field(kw_only=False)

    def html(self, value: Any, view: Any) -> str:
        """Return a description list; `""` for none."""
        show = self.item.html
        items: Mapping[str, Any] = value or {}
        return pairs([(name, show(one, view)) for name, one in items.items()])


@frozen(kw_only=True)
class Json(FragmentField):
    """A value of which only JSON knows what it is."""

    def html(self, value: Any, view: Any) -> str:
        """Return it as lists and words."""
        return json_html(value)


@frozen(kw_only=True)
class File(FragmentField):
    """Bytes: how many there are, and a link to download them."""

    is_file: ClassVar[bool] = True

    def html(self, value: Any, view: Any) -> str:
        """Return the size; `""` for none."""
        if not value:
            return ""
        size = size_text(len(value) * 3 // 4 - value.count("=", -2))
        address = view.file(self.name)
        return f'<a href="{escape_text(address)}" download>{size}</a>' if address else size


def listing(items: Sequence[str]) -> str:
    """Return pieces of HTML as a list; no pieces, no list."""
    entries = "".join([f"<li>{item}</li>" for item in items])
    return f"<ul>{entries}</ul>" if entries else ""


def pairs(items: Sequence[tuple[str, str]]) -> str:
    """Return names, as plain text, with pieces of HTML, as a list; `""` where there are none."""
    entries = "".join(
        [f"<div><dt>{escape_text(name)}</dt><dd>{item}</dd></div>" for name, item in items]
    )
    return f"<dl>{entries}</dl>" if entries else ""


def json_html(value: object) -> str:
    """Return a value of which only JSON knows what it is."""
    match value:
        case str():
            return escape_text(value)
        case None | bool():
            return Format("boolean").text(value)
        case int() | float():
            return Format("number").text(value)
        case _ if is_mapping(value):
            return pairs([(str(name), json_html(item)) for name, item in value.items()])
        case _ if is_sequence(value):
            return listing([json_html(item) for item in value])
        case _:
            raise TypeError(f"{type(value).__qualname__} is nothing that JSON has")


def size_text(size: int) -> str:
    """Write a number of bytes: `512 bytes`, `27 kB`, `1.5 MB`."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"
