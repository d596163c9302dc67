"""Components that are pages, or what pages are made of: records, lists, forms.

Generated code has one of each for an entity (`PRODUCT`, `PRODUCTS`, `NEW`, `EDIT`, `DELETE`) and a
form for each event. They are frozen values: vary one by `replace`, and name the result in
`model_config` or in a page of your own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any, Self, TypeAlias
from weakref import WeakKeyDictionary

from starmodel.frozen import frozen
from starmodel.ui.components.embedding import Component
from starmodel.ui.components.fields import Field, Related, in_words
from starmodel.ui.components.inputs import Fieldset, FileInput, Input, Picker, Value
from starmodel.ui.names import ActionRoute, Bindings, EntityNames, HasRoute, Signal
from starmodel.ui.template import Renderable, Template


@frozen()
class Compiled(Component):
    """A component that keeps what it was compiled into, for each renderer."""

    @cached_property
    def _templates(self) -> WeakKeyDictionary[Any, dict[bool, Template]]:
        return WeakKeyDictionary()

    def template(self, renderer: Any, is_live: bool, compile: Callable[[], Template]) -> Template:
        """Return what a renderer has compiled this into, at the first call by `compile`."""
        templates = self._templates.setdefault(renderer, {})
        if is_live not in templates:
            templates[is_live] = compile()
        return templates[is_live]


@frozen()
class Form(Compiled):
    """The form of an event.

    Args:
        action: The event: `bindings.restock`.
        inputs: What it asks for; none for a form that is one button.
        title: Its heading; by default the name of the event in words.
        lead: A sentence about the record, for a form that is a page.
        hint: A sentence about what it does.
        button: What its button says; by default `title`.
        success: What is said when it went well; by default what the event returns, if that is a
            text, else `title` and "done".
        is_danger: Whether what it does cannot be undone.
        result: The id of the element below it, in which what the event returns is shown; `""` for
            none.
    """

    action: HasRoute
    inputs: Sequence[Input] = ()
    title: str = ""
    lead: str = ""
    hint: str = ""
    button: str = ""
    success: str = ""
    is_danger: bool = False
    result: str = ""

    def replace(self, **changes: Any) -> Self:
        """Return the same form with some of its properties changed."""
        return replace(self, **changes)

    @property
    def route(self) -> ActionRoute:
        """Where the event is asked for."""
        return self.action.ROUTE

    @property
    def label(self) -> str:
        """What it is called: its title, else the name of the event in words."""
        return self.title or in_words(self.route.event)

    @cached_property
    def initial(self) -> Mapping[str, Value]:
        """What its inputs hold where nothing is typed, by name."""
        return {each.name: each.initial for each in self.inputs}

    @cached_property
    def write_only(self) -> frozenset[str]:
        """The names of the inputs that never hold anything when they are shown."""
        return frozenset([each.name for each in self.inputs if each.is_write_only])

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The names of what keeps line breaks."""
        return tuple([path for each in self.inputs for path, keeps in each.paths() if keeps])

    @cached_property
    def pickers(self) -> tuple[Picker, ...]:
        """The inputs that look for records."""
        return tuple([each for each in self.inputs if isinstance(each, Picker)])

    @cached_property
    def has_files(self) -> bool:
        """Whether it sends files, as parts of value objects too."""
        return _has_file(self.inputs)

    def of_state(self, state: Mapping[str, Any]) -> dict[str, Value]:
        """Return what its inputs hold for a record.

        Those for files, and those that are write-only, hold nothing that is kept.
        """
        return {
            each.name: each.of_state(state[each.name])
            for each in self.inputs
            if not (isinstance(each, FileInput) or each.is_write_only)
        }


@frozen()
class FormPage(Compiled):
    """A page with forms, and no record: where one is made.

    Args:
        bindings: The generated module `bindings` of the entity.
        title: Its heading: `New product`.
        lead: A sentence about what is made.
        forms: The forms, in this order.
    """

    bindings: Bindings
    title: str
    lead: str = ""
    forms: Sequence[Form] = ()

    def replace(self, **changes: Any) -> Self:
        """Return the same page with some of its properties changed."""
        return replace(self, **changes)

    @property
    def entity(self) -> EntityNames:
        """What the entity is called, and where its pages are."""
        return self.bindings.ENTITY


@frozen()
class Record(Compiled):
    """An entity: its fields, and forms for what can be done with it.

    Args:
        bindings: The generated module `bindings` of the entity.
        title: What one of its kind is called: `Order line`.
        name: The field that says what a record is called.
        lead: A sentence about it.
        fields: What is shown, in this order: fields, and markup of your own between them.
        actions: The forms of its events, in this order.
        edit: The form on which it is edited.
        delete: The form that deletes it.
        extra: Markup and components of your own, below everything else.
    """

    bindings: Bindings
    title: str
    name: Signal | None = None
    lead: str = ""
    fields: Sequence[Field | Renderable] = ()
    actions: Sequence[Form] = ()
    edit: Form | None = None
    delete: Form | None = None
    extra: Sequence[Renderable] = ()

    def replace(self, **changes: Any) -> Self:
        """Return the same component with some of its properties changed."""
        return replace(self, **changes)

    @property
    def entity(self) -> EntityNames:
        """What the entity is called, and where its pages are."""
        return self.bindings.ENTITY

    @property
    def words(self) -> str:
        """What one of its kind is called inside of a sentence."""
        return _inside_sentence(self.title)

    def label_of(self, state: Mapping[str, Any]) -> str:
        """Return what a record is called; `""` where nothing says it."""
        return str(state.get(self.name.name) or "") if self.name is not None else ""

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Its fields by name; a chart of data of its own has none."""
        return {each.name: each for each in self.fields if isinstance(each, Field) and each.name}


AGAIN = "_again"
"""What a form sends whose sender wants to make another record; no field is called so."""

ONE = "one"
"""What a button in the row of a list sends: an event, a blank, and the id of the record."""

MAX_COLUMNS = 8
"""How many columns a list shows where its reader has not chosen any."""


MAX_COUNT = 1000
"""Up to how many of the records that refer to one are counted on its page."""


@frozen()
class List:
    """The records of an entity: a table that is searched, filtered, sorted and paged.

    Args:
        of: The component of one record; it says how each field is shown.
        title: What several are called: `Order lines`.
        columns: The fields that have a column, in this order; `name` of the record comes first.
            Readers see the first eight of them, and may choose others: of these, and of the
            fields of the record.
        filters: The fields that it can be filtered by, in this order.
        sorts: The fields that it can be sorted by; the column of a link by what its record has,
            which is called `"customer__name"`.
        sort: What it is sorted by where its reader has not said: `"name"`, or downwards `"-price"`.
        count: Up to how many records are counted where there are several pages: `1000` for "312
            products" or "more than 1,000"; it takes a statement. Without it nothing is counted.
        search: Whether texts are searched.
        new: The form on which a record is made.
        forms: The forms of events that are about no record in particular, below the list.
        actions: Events without arguments that can be asked for of many records at once.
        row_actions: Whether each row has links to edit and to delete its record, and a button for
            each of `actions` that can be undone.
    """

    of: Record
    title: str
    columns: Sequence[Signal | Field] = ()
    filters: Sequence[Signal] = ()
    sorts: Sequence[str] = ()
    search: bool = True
    sort: str = ""
    count: int = 0
    new: FormPage | None = None
    forms: Sequence[Form] = ()
    actions: Sequence[Form] = ()
    row_actions: bool = True

    def replace(self, **changes: Any) -> Self:
        """Return the same component with some of its properties changed."""
        return replace(self, **changes)

    @property
    def entity(self) -> EntityNames:
        """What the entity is called, and where its pages are."""
        return self.of.entity

    @property
    def words(self) -> str:
        """What several are called inside of a sentence."""
        return _inside_sentence(self.title)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields that may have a column, by name, in order; those of `columns` come first.

        Raises:
            ValueError: A column is no field of the record.
        """
        known = self.of.by_name
        fields: list[Field] = []
        for each in self.columns:
            field = known.get(each.name) if isinstance(each, Signal) else each
            if field is None:
                raise ValueError(
                    f"The list of {self.words} has a column {each.name!r}, which is no field of"
                    f" its record; there are: {', '.join(known)}."
                )
            fields.append(field)
        if self.of.name is not None:
            called = self.of.name.name
            fields.sort(key=lambda field: field.name != called)
        names = {each.name for each in fields}
        fields += [each for each in known.values() if each.name not in names]
        return {
            each.name: each for each in fields if not (each.is_file or isinstance(each, Related))
        }

    @cached_property
    def lookups(self) -> tuple[str, ...]:
        """The columns that stand in other tables, such as `lines__count`."""
        own = self.of.by_name
        return tuple([name for name in self.fields if "__" in name and name not in own])

    @cached_property
    def sorted_by(self) -> Mapping[str, str]:
        """What each column is sorted by, by the name of its field."""
        names = [each.name if isinstance(each, Signal) else each for each in self.sorts]
        return {name.partition("__")[0]: name for name in reversed(names)} | {
            name: name for name in names
        }

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The names of the columns that are shown where a reader has chosen none."""
        names = {each.name for each in self.columns}
        if self.of.name is None:
            # What a record without a name is called by is its id.
            names.discard("id")
        return tuple([name for name in self.fields if name in names][:MAX_COLUMNS])


Aside: TypeAlias = "Renderable | Callable[[Any], Renderable | str | None]"
"""An element, or a function of the request that gives one."""


@frozen(eq=True)
class NavigationItem:
    """A link of the app's navigation."""

    label: str
    href: str


@frozen()
class Navigation:
    """The way from page to page, on each of them.

    Args:
        title: What the app is called; it leads to `/`. By default as the settings say.
        items: The links, in this order; by default one to each list, and to each page that needs
            no id.
        aside: What stands at their end: who is signed in, a link to sign out. What depends on
            who asks is a function of the request, which gives an element or a text.
    """

    title: str = ""
    items: Sequence[NavigationItem] = ()
    aside: Sequence[Aside] = field(default_factory=tuple[Aside, ...])


@frozen(eq=True)
class HomeEntry:
    """A page of the app, as the home page shows it.

    Args:
        title: Its title.
        href: Where it is.
        lead: A sentence about it.
        actions: What can be begun there: `New product`.
    """

    title: str
    href: str
    lead: str = ""
    actions: Sequence[NavigationItem] = ()


@frozen(eq=True)
class Page:
    """A page of one's own: what stands inside the app's frame.

    Args:
        title: The heading, as plain text.
        lead: A sentence below it, as plain text.
        content: What stands in `<main>`: markup, or a list of it. A `str` is HTML.
    """

    title: str
    lead: str
    content: Any


def _has_file(inputs: Sequence[Input]) -> bool:
    return any(
        _has_file(each.inputs) if isinstance(each, Fieldset) else isinstance(each, FileInput)
        for each in inputs
    )


def _inside_sentence(title: str) -> str:
    """Return a title as it stands inside of a sentence; capitals that mean something stay."""
    first = title.partition(" ")[0]
    if len(first) > 1 and first.isupper():
        return title
    return title[:1].lower() + title[1:]
