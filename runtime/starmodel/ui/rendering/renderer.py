"""Renders components: each is compiled when it is first asked for, and filled for each request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import htpy as h
from markupsafe import Markup, escape

from starmodel.domain import render_fragment
from starmodel.domain.type_guards import is_mapping
from starmodel.plugins import load_plugin
from starmodel.settings import Settings
from starmodel.ui.addresses import escape_text
from starmodel.ui.assets import Asset
from starmodel.ui.components.embedding import SERVING, Part
from starmodel.ui.components.fields import Related, Single
from starmodel.ui.components.pages import (
    Aside,
    Form,
    FormPage,
    HomeEntry,
    List,
    Navigation,
    NavigationItem,
    Record,
)
from starmodel.ui.frontend import Frontend, Still
from starmodel.ui.kit import Content, UIAdapter
from starmodel.ui.names import EntityNames
from starmodel.ui.rendering.builder import Builder
from starmodel.ui.rendering.list_builder import ListBuilder, ListTables
from starmodel.ui.template import Renderable, State, Template
from starmodel.ui.view import View

_Made = TypeVar("_Made")

NO_STATE: State = {}

Piece: TypeAlias = Callable[..., str]
"""Fills a small piece of a page, with texts by name; `Markup` stays as it is."""

Errors: TypeAlias = Mapping[str, Any]
"""By the namespaces of entities: the errors of their events, all empty."""


class Renderer:
    """Renders the pages of one app.

    Args:
        kit: How they look.
        frontend: How they stay live.
        settings: Say where the front end's script is.
        navigation: The way from page to page.
        lists: The lists that breadcrumbs lead back to, by the name of the entity.
        home: What the home page shows.
    """

    def __init__(
        self,
        kit: UIAdapter,
        frontend: Frontend,
        settings: Settings,
        navigation: Navigation,
        lists: Mapping[str, List],
        home: Sequence[HomeEntry] = (),
    ) -> None:
        self.kit = kit
        self.frontend = frontend
        self.settings = settings
        self.navigation = navigation
        self.lists = lists
        self._home_entries = tuple(home)
        self._assets = {**kit.assets, **frontend.assets}
        self._compiled: dict[Any, Any] = {}

    def record(self, component: Record, bound: Form | None = None) -> Template:
        """Return the document of a record; `bound` is the form that is filled from `view.form`."""
        key = component if bound is None else ("record", component, bound)
        return self._compiled.get(key) or self._once(key, lambda: self._record(component, bound))

    def fragments(self, component: Record) -> Mapping[str, Callable[[State], str]]:
        """Return what is sent anew of a record when a field changes: functions of the state, by field."""
        return self._once(("fragments", component), lambda: self._fragments(component))

    def form_page(self, component: FormPage) -> Template:
        """Return the document on which a record is made; filled from `view.form`."""
        return self._once(("new", component), lambda: self._form_page(component))

    def edit_page(self, component: Record, form: Form) -> tuple[Template, Template]:
        """Return the document on which a record is edited, and its `<main>` alone."""
        return self._once(
            ("edit", component, form), lambda: self._edit(component, form, is_delete=False)
        )

    def delete_page(self, component: Record, form: Form) -> tuple[Template, Template]:
        """Return the document that asks before a record is deleted, and its `<main>` alone."""
        return self._once(
            ("delete", component, form), lambda: self._edit(component, form, is_delete=True)
        )

    def list(self, component: List, bound: Form | None = None) -> Template:
        """Return the document of a list; filled from `view.list`, `bound` from `view.form`."""
        return self._once(("list", component, bound), lambda: self._list(component, bound))

    def list_tables(self, component: List) -> ListTables:
        """Return what has the table of a list, for each choice of columns."""
        return self._once(
            ("tables", component), lambda: ListBuilder(self.kit, self.frontend).tables(component)
        )

    def own_page(
        self,
        title: str,
        lead: str,
        content: str,
        *,
        shown: Errors = NO_STATE,
        states: State = NO_STATE,
        live: str = "",
        message: str = "",
        request: Any = None,
    ) -> str:
        """Return the document of a page of one's own.

        Args:
            title: Its heading, as plain text.
            lead: A sentence below that, as plain text.
            content: What stands in `<main>`, as HTML.
            shown: The entities that it shows; see `page_attributes`.
            states: Their public states, by namespace.
            live: The address of the live stream.
            message: What an event said that led here.
            request: The request, for who is signed in.
        """
        values = {
            "title": escape_text(title),
            "lead": escape_text(lead),
            "content": content,
            "live": live,
        }
        has_live = bool(live)
        frame: Template = self._once(
            ("frame", has_live, *shown), lambda: self._frame(shown, has_live=has_live)
        )
        return frame.fill(states, View(values=values, message=message, request=request))

    def page_attributes(
        self, shown: Errors, *, has_live: bool = True
    ) -> Mapping[str, Template | bool]:
        """Return the attributes of the element around a page of the host's, by name.

        `shown` are the entities that the page shows: the errors of their events, all empty, by
        namespace. They are filled like the document of a page of one's own. `has_live` is whether
        there is anything among them to be followed.
        """
        return self._once(
            ("attributes", has_live, *shown), lambda: self._attributes(shown, has_live=has_live)
        )

    def notice(self) -> Template:
        """Return the element for what the connection, and events, have to say."""
        return self._once("notice", self._notice)

    def embed(self, component: object, subject: object) -> str:
        """Return a component as it stands in other markup; `subject` is a state.

        Raises:
            TypeError: The component is a page alone, or must be told what it shows.
        """
        if isinstance(component, Part):
            return str(component.render(self.kit, "").__html__())
        if subject is not None and not is_mapping(subject):
            raise TypeError(
                f"There is no app at work that knows what of this {type(subject).__name__} is"
                " public: give its state, as the generated `state.py` makes it."
            )
        state = NO_STATE if subject is None else cast("State", subject)
        return self.embedded(component, state, View(id=str(state.get("id", ""))), is_live=False)

    def note(self, component: object, subject: object) -> None:
        """Do nothing: what is compiled is no page that could follow an entity."""

    def embedded(self, component: object, state: State, view: View, *, is_live: bool) -> str:
        """Return a component as it stands in other markup.

        Args:
            component: A record, a form, or a page with forms.
            state: What it shows.
            view: Has the record's id.
            is_live: Whether the page around it knows the state, and follows its changes.

        Raises:
            TypeError: The component is a page alone, or must be told what it shows.
        """
        if not isinstance(component, Record | Form | FormPage):
            raise TypeError(f"A {type(component).__name__} stands on its own page alone.")
        if (_needs_id(component) and not view.id) or (isinstance(component, Record) and not state):
            raise TypeError(
                f"This {type(component).__name__} is about an entity: say which, by `of(entity)`."
            )
        template = component.template(
            self, is_live, self._compiling(lambda: self._embedded(component, is_live=is_live))
        )
        return template.fill(state, view)

    def piece(self, name: str, build: Callable[[Callable[[str], Markup]], Renderable]) -> Piece:
        """Return what fills a small piece of a page with values, which are plain texts.

        Args:
            name: Names the piece, with all that it depends on.
            build: Makes the piece out of the places of its values, which it asks for by name.
        """
        return self._once(("piece", name), lambda: self._piece(build))

    def head_html(self) -> str:
        """Return what stands in the head of every page, as HTML."""
        return self._once("head", lambda: "".join([each.__html__() for each in self.head()]))

    def home(self) -> Template:
        """Return the document of the home page."""
        return self._once("home", self._home)

    def error_page(
        self,
        title: str,
        texts: Sequence[tuple[str, str]],
        links: Sequence[NavigationItem],
        request: Any,
    ) -> str:
        """Return the document that says what is wrong.

        Args:
            title: What kind of problem it is.
            texts: What is wrong with what; of what is wrong with nothing in particular, `""`.
            links: The ways on from here.
            request: The request that could not be answered.
        """
        document, line, link = self._once("error", self._error)

        def fill(template: Template, **values: str) -> str:
            return template.fill(
                NO_STATE, View(values={name: escape_text(text) for name, text in values.items()})
            )

        values = {
            "title": escape_text(title),
            # The texts of two elements are read as one where nothing stands between.
            "lines": " ".join(
                [fill(line, text=f"{name}: {text}" if name else text) for name, text in texts]
            ),
            "links": "".join([fill(link, label=one.label, href=one.href) for one in links]),
        }
        return document.fill(NO_STATE, View(values=values, request=request))

    def head(self) -> Sequence[Renderable]:
        """Return what stands in the head of every page."""
        # For the script of components, which says so before anything is sent.
        limit = h.meta(name="max-upload", content=str(self.settings.max_upload))
        return [limit, *self.kit.head(), *self.frontend.scripts(self.settings)]

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The files that pages load from the app itself, by path: the kit's and the front end's."""
        return self._assets

    def _once(self, key: Any, make: Callable[[], Any]) -> Any:
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = self._compiling(make)()
        return compiled

    def _compiling(self, make: Callable[[], _Made]) -> Callable[[], _Made]:
        """Have components inside of an author's markup look as this app has them.

        They are compiled along with it for every request: none of their addresses has a prefix yet.
        """

        def compile() -> _Made:
            token = SERVING.set(self)
            try:
                return make()
            finally:
                SERVING.reset(token)

        return compile

    def _builder(self) -> Builder:
        return Builder(self.kit, self.frontend)

    def _record(self, component: Record, bound: Form | None) -> Template:
        builder = self._builder()
        main = builder.record_page(component, bound, self._children(builder, component))
        entity, title = component.entity, component.title
        attributes: Mapping[str, Any] = {}
        heading: Content = title
        if component.name is not None:
            field = component.by_name.get(component.name.name)
            if isinstance(field, Single):
                attributes = self.frontend.text(component.name.path, field.format)
            heading = builder.hole(
                lambda state, _: escape_text(component.label_of(state)) or escape_text(title)
            )
        steps = self._steps(builder, entity)
        return builder.compile(
            self._document(builder, heading, component.lead, main, entity.path, steps, attributes)
        )

    def _children(self, builder: Builder, component: Record) -> Mapping[str, Renderable]:
        """Return the tables of the records that refer to one, where these have lists."""
        return {
            each.name: builder.hole(
                ListBuilder(self.kit, self.frontend).children(
                    each, self.lists[each.entity], component.entity
                )
            )
            for each in component.fields
            if isinstance(each, Related) and each.entity in self.lists
        }

    def _fragments(self, component: Record) -> Mapping[str, Callable[[State], str]]:
        builder = self._builder()
        builder.record_page(component)
        entity = component.entity

        def function(templates: Sequence[Template]) -> Callable[[State], str]:
            def fill(state: State) -> str:
                view = View(id=str(state["id"]) if entity.is_record else "", path=entity.path)
                return "".join([each.fill(state, view) for each in templates])

            return fill

        return {name: function(templates) for name, templates in builder.fragments.items()}

    def _form_page(self, component: FormPage) -> Template:
        builder = self._builder()
        main = builder.form_page(component)
        entity = component.entity
        steps = self._steps(builder, entity)
        return builder.compile(
            self._document(builder, component.title, component.lead, main, entity.path, steps)
        )

    def _edit(self, component: Record, form: Form, *, is_delete: bool) -> tuple[Template, Template]:
        builder = self._builder()
        main = (
            builder.delete_page(component, form)
            if is_delete
            else builder.edit_page(component, form)
        )
        entity = component.entity
        called = builder.hole(lambda _, view: escape_text(view.form.title or component.title))
        steps = [
            *self._steps(builder, entity),
            (called, builder.address(f"{entity.path}/{{id}}")),
        ]
        lead = called if component.name is not None else ""
        document = self._document(builder, form.title, lead, main, entity.path, steps)
        return builder.compile(document), builder.compile(main)

    def _list(self, component: List, bound: Form | None) -> Template:
        builder = ListBuilder(self.kit, self.frontend)
        main = builder.list_page(component, self.list_tables(component), bound)
        lead = component.of.lead
        return builder.compile(
            self._document(builder, component.title, lead, main, component.entity.path, [])
        )

    def _embedded(self, component: Record | Form | FormPage, *, is_live: bool) -> Template:
        frontend = self.frontend if is_live else cast("Frontend", Still(self.frontend))
        builder = Builder(self.kit, frontend, is_embedded=True)
        match component:
            case Form():
                return builder.compile(builder.form(component))
            case FormPage():
                forms = [builder.form(each) for each in component.forms]
                return builder.compile(self.kit.section("Actions", forms))
            case Record():
                return builder.compile(h.fragment[builder.record(component)])

    def _attributes(self, shown: Errors, *, has_live: bool) -> Mapping[str, Template | bool]:
        builder = self._builder()
        live = _live if has_live else None
        attributes = self.frontend.page(builder, data=_data(shown), live=live)
        return {
            name: value if isinstance(value, bool) else builder.template(str(escape(value)))
            for name, value in attributes.items()
        }

    def _piece(self, build: Callable[[Callable[[str], Markup]], Renderable]) -> Piece:
        builder = self._builder()

        def value(name: str) -> Markup:
            return builder.hole(lambda values, _: values[name])

        fill = builder.compile(build(value)).fill

        def filled(**values: str) -> str:
            # What is markup already stays as it is.
            safe = {
                name: str(one) if isinstance(one, Markup) else escape_text(one)
                for name, one in values.items()
            }
            return fill(safe, None)

        return filled

    def _notice(self) -> Template:
        builder = self._builder()
        message = builder.hole(lambda _, view: escape_text(view.message))
        return builder.compile(self.kit.notice(self.frontend.notice(), message))

    def _frame(self, shown: Errors, *, has_live: bool) -> Template:
        builder = self._builder()

        def value(name: str) -> Markup:
            return builder.hole(lambda _, view: view.values[name])

        live = _live if has_live else None
        main = builder.main(_data(shown), live, value("content"))

        return builder.compile(self._document(builder, value("title"), value("lead"), main, "", []))

    def _home(self) -> Template:
        builder, kit = self._builder(), self.kit
        entries = kit.home([kit.home_entry(each) for each in self._home_entries])
        main = builder.main({}, None, entries)
        title = self.navigation.title or "Home"
        return builder.compile(self._document(builder, title, "", main, "/", []))

    def _error(self) -> tuple[Template, Template, Template]:
        kit = self.kit

        def value(builder: Builder, name: str) -> Markup:
            return builder.hole(lambda _, view: view.values[name])

        line, link, page = self._builder(), self._builder(), self._builder()
        content = kit.error_page(value(page, "lines"), value(page, "links"))
        document = self._document(page, value(page, "title"), "", kit.main({}, content), "", [])
        return (
            page.compile(document),
            line.compile(kit.text(value(line, "text"))),
            link.compile(
                kit.link_button(value(link, "label"), value(link, "href"), kind="secondary")
            ),
        )

    def _steps(self, builder: Builder, entity: EntityNames) -> Sequence[tuple[Content, str]]:
        """Return the breadcrumb of the list that an entity's pages belong to, if there is one."""
        listed = self.lists.get(entity.name)
        if listed is None:
            return []
        address = builder.hole(lambda _, view: view.address_of_list(entity.path))
        return [(listed.title, address)]

    def _aside(self, builder: Builder, part: Aside) -> Content:
        if hasattr(part, "__html__"):
            return cast(Renderable, part)
        give = cast("Callable[[Any], Renderable | str | None]", part)

        def fill(_: State, view: Any) -> str:
            if view.request is None:
                return ""
            # A text belongs into the element around it.
            fragment = render_fragment(give(view.request), "*")
            return "" if fragment is None else fragment.html

        return builder.hole(fill)

    def _document(
        self,
        builder: Builder,
        title: Content,
        lead: Content,
        main: Content,
        path: str,
        steps: Sequence[tuple[Content, str]],
        title_attributes: Mapping[str, Any] | None = None,
    ) -> Renderable:
        kit = self.kit
        navigation = self.navigation
        content: list[Content] = []
        if navigation.items or navigation.aside or navigation.title:
            aside = [self._aside(builder, each) for each in navigation.aside]
            content.append(kit.navigation(navigation, path, aside))
        if steps:
            content.append(kit.breadcrumbs(steps, title))
        content += [kit.masthead(title, title_attributes or {}, lead), main]
        return kit.document(title=title, head=self.head(), content=content)


def default_renderer() -> Renderer:
    """Return what renders components where no app is at work."""
    settings = Settings()
    kit = load_plugin("starmodel.kits", settings.ui)()
    frontend = load_plugin("starmodel.frontends", settings.frontend)()
    return Renderer(kit, frontend, settings, Navigation(), {})


def _needs_id(component: Record | Form | FormPage) -> bool:
    match component:
        case Form():
            return "{id}" in component.route.path
        case FormPage():
            return any(map(_needs_id, component.forms))
        case Record():
            return component.entity.is_record


def _data(shown: Errors) -> Mapping[str, Any]:
    """Return what a page knows that shows entities: their states, and the errors of their events."""

    def state_of(namespace: str) -> Callable[[State, Any], Mapping[str, Any]]:
        return lambda states, _: states[namespace]

    states = {namespace: state_of(namespace) for namespace in shown}
    return {**states, "errors": dict(shown)} if shown else {}


def _live(_: State, view: Any) -> str:
    """Return the address of the live stream."""
    return view.values["live"]
