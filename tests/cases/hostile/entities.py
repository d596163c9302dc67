"""Texts that would like to be more than texts."""

from enum import Enum
from typing import Literal

from starmodel import Entity, Field, event


class Mark(Enum):
    QUOTE = "\"'`"
    BRACES = "{{ 7 * 7 }} {%}"
    SCRIPT = "</script><script>alert(1)</script>"
    COMMENT = "*/ // --> <!-- \u2028 \u2029"


class Sink(Entity):
    """Ends with a quote: \"\"\" and a backslash \\"""

    text: str = Field(
        default='"""\\\n{x}\r\x00\u2028</textarea>&amp;', title="{title} <b>", description="'\"\\"
    )
    mark: Mark = Mark.SCRIPT
    choice: Literal["a'b", 'c"d', "e\\f", "@post('/x')"] = "a'b"

    @event(selector="#a'\"\\b")
    def take(self, text: str = "');@get('/x');//", mark: Mark = Mark.BRACES) -> None:
        """`${1 + 1}` and {braces} and </p> and '''

        and a second paragraph with \t tabs \\ and trailing space:   """
        self.text = text
