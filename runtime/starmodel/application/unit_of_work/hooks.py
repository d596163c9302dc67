"""What surrounds the hooks that generated commands call."""

from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError

from starmodel.application.copying import INVALID, text_of_author
from starmodel.domain import Refused


@contextmanager
def refuse_value_errors() -> Generator[None]:
    """Let a `ValueError` that a hook raises say no, as `Refused` does, with the same text.

    A text that quotes what is private in a model is withheld. What Python itself raises, and
    pydantic's `ValidationError`, stay what they are.
    """
    try:
        yield
    except ValidationError:
        raise
    except ValueError as error:
        text = text_of_author(error)
        if text is None:
            raise
        raise Refused(text or INVALID) from error
