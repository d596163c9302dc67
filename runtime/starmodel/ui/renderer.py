"""Renders components: each is compiled when it is first asked for, and filled for each request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from starmodel.settings import Settings
from starmodel.ui.addresses import escape_text
from starmodel.ui.builder import Builder
from starmodel.ui.frontend import Frontend
from starmodel.ui.kit import Content, UIAdapter
from starmodel.ui.list_builder import ListBuilder
from starmodel.ui.pages import Form, FormPage, List, Navigation, Record
from starmodel.ui.template import Renderable, State, Template
from starmodel.ui.view import View

NO_STATE: State = {}


class Renderer:
    """Renders the pages of one app.

    Args:
        kit: How they look.
        frontend: How they stay live.
        settings: Say where the front end's script is.
        navigation: The way from page to page.
        lists: The lists that breadcrumbs lead back to, by the name of the entity.
    """

    def __init__(
        self,
        kit: UIAdapter,
        frontend: Frontend,
        settings: Settings,
        navigation: Navigation,
        lists: Mapping[str, List],
    ) -> None:
        self.kit = kit
        self.frontend = frontend
        self.settings = settings
        self.navigation = navigation
        self.lists = lists
        self._compiled: dict[Any, Any] = {}

    def record(self, component: Record) -> Template:
        """Return the document of a record."""
        return self._once(("record", component), lambda: self._record(component))

    def fragments(self, component: Record) -> Mapping[str, Callable[[State], str]]:
        """Return what is sent anew of a record when a field changes: functions of the state, by field."""
        return self._once(("fragments", component), lambda: self._fragments(component))

    def form_page(self, component: FormPage) -> Template:
        """Return the document on which a record is made; filled from `view.form`."""
        return self._once(("new", component), lambda: self._form_page(component))

    def edit_page(self, component: Record, form: Form) -> tuple[Template, Template]:
        """Return the document on which a record is edited, and its `<main>` alone."""
        return self._once(("edit", component, form), lambda: self._edit(component, form, is_delete=False))

    def delete_page(self, component: Record, form: Form) -> tuple[Template, Template]:
        """Return the document that asks before a record is deleted, and its `<main>` alone."""
        return self._once(("delete", component, form), lambda: self._edit(component, form, is_delete=True))

    def list(self, component: List) -> Template:
        """Return the document of a list; filled from `view.list`."""
        return self._once(("list", component), lambda: self._list(component))

    def frame(self) -> Template:
        """Return the document of a page of one's own; `view.values` has its title, lead and content."""
        return self._once("frame", self._frame)

    def own_page(self, title: str, lead: str, content: str, message: str = "") -> str:
        """Return the document of a page of one's own; `content` is HTML."""
        values = {
            "title": escape_text(title),
            "lead": f"{escape_text(lead)}",
            "content": content,
        }
        return self.frame().fill(NO_STATE, View(values=values, message=message))

    def head(self) -> Sequence[Renderable]:
        """Return what stands in the head of every page."""
        return [*self.kit.head(), *self.frontend.scripts(self.settings)]

    def _once(self, key: Any, make: Callable[[], Any]) -> Any:
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = make()
        return compiled

    def _builder(self) -> Builder:
        return Builder(self.kit, self.frontend)

    def _record(self, component: Record) -> Template:
        builder = self._builder()
        main = builder.record_page(component)
        entity, title = component.entity, component.title
        attributes: Mapping[str, Any] = {}
        heading: Content = title
        if component.name is not None:
            field = component.by_name.get(component.name.name)
            if field is not None and hasattr(field, "format"):
                attributes = self.frontend.text(component.name.path, field.format)
            heading = builder.hole(
                lambda state, _: escape_text(component.label_of(state)) or escape_text(title)
            )
        listed = self.lists.get(entity.name)
        steps = [(listed.title, entity.path)] if listed is not None else []
        return builder.compile(
            self._document(builder, heading, component.lead, main, entity.path, steps, attributes)
        )

    def _fragments(self, component: Record) -> Mapping[str, Callable[[State], str]]:
        builder = self._builder()
        builder.record_page(component)
        view = View()

        def function(template: Template) -> Callable[[State], str]:
            return lambda state: template.fill(state, view)

        return {name: function(template) for name, template in builder.fragments.items()}

    def _form_page(self, component: FormPage) -> Template:
        builder = self._builder()
        main = builder.form_page(component)
        entity = component.entity
        listed = self.lists.get(entity.name)
        steps = [(listed.title, entity.path)] if listed is not None else []
        return builder.compile(
            self._document(builder, component.title, component.lead, main, entity.path, steps)
        )

    def _edit(self, component: Record, form: Form, *, is_delete: bool) -> tuple[Template, Template]:
        builder = self._builder()
        main = builder.delete_page(component, form) if is_delete else builder.edit_page(component, form)
        entity = component.entity
        called = builder.hole(lambda _, view: escape_text(view.form.title or component.title))
        steps: list[tuple[Content, Content]] = []
        listed = self.lists.get(entity.name)
        if listed is not None:
            steps.append((listed.title, entity.path))
        steps.append((called, builder.address(f"{entity.path}/{{id}}")))
        lead = called if component.name is not None else ""
        document = self._document(builder, form.title, lead, main, entity.path, steps)
        return builder.compile(document), builder.compile(main)

    def _list(self, component: List) -> Template:
        builder = ListBuilder(self.kit, self.frontend)
        main = builder.list_page(component)
        lead = component.of.lead
        return builder.compile(
            self._document(builder, component.title, lead, main, component.entity.path, [])
        )

    def _frame(self) -> Template:
        builder = self._builder()

        def value(name: str) -> Markup:
            return builder.hole(lambda _, view: view.values[name])

        return builder.compile(
            self._document(builder, value("title"), value("lead"), value("content"), "", [])
        )

    def _document(
        self,
        builder: Builder,
        title: Content,
        lead: Content,
        main: Content,
        path: str,
        steps: Sequence[tuple[Content, Content]],
        title_attributes: Mapping[str, Any] | None = None,
    ) -> Renderable:
        kit = self.kit
        navigation = self.navigation
        content: list[Content] = []
        if navigation.items or navigation.aside or navigation.title:
            content.append(kit.navigation(navigation, path))
        if steps:
            content.append(kit.breadcrumbs(steps, title))
        content += [kit.masthead(title, title_attributes or {}, lead), main]
        return kit.document(title=title, head=self.head(), content=content)
