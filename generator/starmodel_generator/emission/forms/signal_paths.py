"""Where the inputs of a record's form have their signals, their ids and their errors."""

from starmodel_generator.emission.html.markup import below, expression, html, placeholder, signal
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas.naming import title_words


class SignalPaths:
    """The places of the inputs of one entity's forms.

    Args:
        namespace: The namespace of the entity's signals.
        snake_name: The entity's name in ids.
        event: The event that the inputs belong to; `""` where that is a parameter.

    Attributes:
        titles: What inputs are called that are not called as their names are.
    """

    def __init__(self, namespace: str, snake_name: str, event: str) -> None:
        self.titles: dict[tuple[str, ...], str] = {}
        self.namespace = namespace
        self.snake_name = snake_name
        self.event = event or placeholder("event")
        self.has_choice = event != "create"

    def signal(self, root: str, *path: str) -> str:
        """Write a signal of the form: `$_form.product.create.name`."""
        return below(f"{signal(root, self.namespace)}.{self.event}", *path)

    def path(self, root: str, *path: str) -> str:
        """Write the path of such a signal, as HTML: `_form.product.create.name`."""
        return html_with_placeholders(".".join([root, self.namespace, self.event, *path]))

    def id(self, path: tuple[str, ...]) -> str:
        """Write the id of an input, as HTML."""
        return html_with_placeholders(f"{self.snake_name}-{self.event}-{'-'.join(path)}")

    def label(self, *path: str) -> str:
        """Write what an input is called, as HTML."""
        return html(self.titles.get(path) or title_words(path[-1]))

    def faults(self, name: str, hint: str) -> tuple[str, ...]:
        """Write the attributes that say whether an input is wrong, and what says so."""
        error = self.signal("errors", name)
        return (
            f'aria-invalid="{placeholder(f"form.invalid({python_string(name)})")}"',
            f"data-attr:aria-invalid=\"{expression(error)} ? 'true' : 'false'\"",
            self.described(name, hint),
        )

    def choice(self, name: str) -> str:
        """Mark where what is stored can be taken; a record that is made has nothing stored."""
        return placeholder(f"form.resolve_button({python_string(name)})") if self.has_choice else ""

    def described(self, name: str, hint: str) -> str:
        """Write the attribute that leads to an input's hint and error."""
        id = self.id((name,))
        return (
            f'aria-describedby="{id}--hint {id}--error"'
            if hint
            else f'aria-describedby="{id}--error"'
        )


def html_with_placeholders(text: str) -> str:
    """Write a text in HTML that holds what `placeholder` has marked."""
    parts = text.split("\0")
    return "\0".join([part if place % 2 else html(part) for place, part in enumerate(parts)])
