"""Make sure that a generated file is what black would give.

Our templates and `layout.py` write what black leaves alone, and tests prove it. Black itself
takes a quarter of a second for a thousand lines, so it runs only on what that does not vouch for:
a file with a line that is too long (a name of sixty characters, a default of two hundred), where
black has many more rules than we have.
"""

from starmodel_generator.emission.python.layout import LINE_LENGTH
from starmodel_generator.unicode_table import display_width


def formatted(text: str) -> str:
    """Return the text as black would; most texts come back as they are."""
    return text if is_vouched_for(text) else format_with_black(text)


def is_vouched_for(text: str) -> bool:
    """Return whether every line fits, docstrings and other triple-quoted texts left out.

    In generated code three quotation marks in a row stand only at the ends of such a text.
    """
    if text.isascii() and max(map(len, text.split("\n"))) <= LINE_LENGTH:
        return True
    code = '""'.join(text.split('"""')[::2])
    return all(display_width(line) <= LINE_LENGTH for line in code.split("\n"))


def format_with_black(text: str) -> str:
    """Run black in its default mode."""
    import black  # Slow to import, and seldom needed.

    return black.format_str(text, mode=black.Mode())
