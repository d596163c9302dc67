"""What stands above a record in a database: ways to its list and its forms, and its deletion."""

from collections.abc import Sequence
from typing import NamedTuple

from starmodel_generator.emission.entity.record_labels import (
    label_field,
    plural_words,
    record_words,
)
from starmodel_generator.emission.forms.form import ONCE, submission
from starmodel_generator.emission.html.display import member
from starmodel_generator.emission.html.markup import (
    Member,
    code_in_fstring,
    expression,
    object_literal,
    signal,
    text_in_fstring,
    with_id,
)
from starmodel_generator.emission.pages.page_row import RelationView
from starmodel_schemas import EntitySchema
from starmodel_schemas.naming import title_words


class RecordView(NamedTuple):
    """What stands above a record in a database: ways to its list and its forms.

    `delete` is the dialog that asks first. `fetch` is where its links come from and `followed`
    the signals that say when.
    """

    list_path: str
    list_label: str
    edit_path: str
    label: str
    delete_path: str
    delete_id: str
    delete_label: str
    delete_title: str
    delete_warning: str
    delete_signals: str
    delete_submit: str
    delete_busy: str
    delete_error: str
    delete_indicator: str
    fetch: str
    followed: str

    @property
    def takes_id(self) -> bool:
        """Whether any of it needs the id of the record."""
        return bool(self.edit_path or self.delete_path or self.fetch)


def record_view(entity: EntitySchema, relations: Sequence[RelationView]) -> RecordView:
    """Decide what stands above a record; `relations` are the rows with links to others."""
    snake, namespace, words = entity.snake_name, entity.namespace, record_words(entity)
    crud = {event.crud for event in entity.events}
    place = (namespace, "delete")
    errors: list[Member] = [("_", "''")]
    tree: list[Member] = [("errors", [(namespace, [("delete", errors)])])]
    path = f"/{snake}/{{id}}/delete"
    submit = submission(place, "POST", path, ("payload", []), ONCE)
    followed = "|".join([relation.field for relation in relations])
    return RecordView(
        list_path=text_in_fstring(f"/{snake}"),
        list_label=text_in_fstring(f"All {plural_words(entity)}"),
        edit_path=with_id(f"/{snake}/{{id}}/edit") if "update" in crud else "",
        label=text_in_fstring(title_words(entity.name)),
        delete_path=with_id(path) if "delete" in crud else "",
        delete_id=text_in_fstring(f"{snake}-delete"),
        delete_label=text_in_fstring(f"Delete {words}"),
        delete_title=text_in_fstring(f"Delete this {words}?"),
        delete_warning=_warning(entity),
        delete_signals=code_in_fstring(object_literal(tree, 4)),
        delete_submit=with_id(expression(submit)),
        delete_busy=code_in_fstring(f"{signal('_busy', *place)} ? 'true' : 'false'"),
        delete_error=code_in_fstring(signal("errors", *place, "_")),
        delete_indicator=text_in_fstring(".".join(["_busy", *place])),
        fetch=with_id(f"/{snake}/{{id}}") if followed else "",
        followed=code_in_fstring(f"/^{namespace}[.]({followed})$/") if followed else "",
    )


def _warning(entity: EntitySchema) -> str:
    """Describe what will be deleted, as HTML for an f-string."""
    label = label_field(entity)
    subject = "It" if label is None else f"{{escape({member('state', label)}) or 'It'}}"
    return f"{subject} will be deleted. This cannot be undone."
