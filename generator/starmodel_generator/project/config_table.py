"""One table of a configuration file: settings are taken out one by one, mistakes are gathered."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from keyword import iskeyword
from pathlib import Path
from typing import cast

from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import INVALID_SETTING, UNKNOWN_KEY


@dataclass(slots=True)
class ConfigTable:
    """A table in a file below `root`, whose `text` says where a key stands.

    A setting that is not as it should be counts as not set, and is among the `mistakes`.
    """

    root: Path
    file: str
    text: str
    table: Mapping[str, object]
    mistakes: list[Diagnostic] = field(default_factory=list[Diagnostic])
    known: set[str] = field(default_factory=set[str])

    def wrong(self, key: str, problem: str, help: str | None = None) -> None:
        """Note a mistake in a setting."""
        self.mistakes.append(
            INVALID_SETTING.report(f"`{key}`: {problem}", span=self.locate(key), help=help)
        )

    def locate(self, key: str) -> SourceSpan | None:
        """Return where a key stands in the file."""
        start = 0 if self.file != "pyproject.toml" else max(self.text.find("[tool.starmodel"), 0)
        pattern = rf'^[ \t]*(?:\[.*\.)?("?{re.escape(key)}"?)[ \t]*[\]=.]'
        found = re.compile(pattern, re.MULTILINE).search(self.text, start)
        if found is None:
            return None
        line = self.text.count("\n", 0, found.start(1)) + 1
        column = found.start(1) - (self.text.rfind("\n", 0, found.start(1)) + 1) + 1
        return SourceSpan(self.file, line, column, line, column + len(found[1]))

    def value(self, key: str) -> object:
        """A setting as it stands, `None` if it is not set."""
        self.known.add(key)
        return self.table.get(key)

    def string(self, key: str) -> str | None:
        """A text that is not empty."""
        value = self.value(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self.wrong(key, f"expected a text, found {kind(value)}", f'write `{key} = "..."`')
        return None

    def flag(self, key: str) -> bool | None:
        """`true` or `false`."""
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, f"expected true or false, found {kind(value)}", f"write `{key} = false`")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.value(key)
        if value is None:
            return ()
        items = cast("list[object]", value) if isinstance(value, list) else None
        if items is None or not all(isinstance(item, str) and item for item in items):
            found = "a list with something else" if items is not None else kind(self.table[key])
            self.wrong(key, f"expected a list of texts, found {found}", f'write `{key} = ["..."]`')
            return ()
        return tuple(cast("list[str]", items))

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        """One of a few words."""
        value = self.string(key)
        if value is None or value in choices:
            return value
        near = difflib.get_close_matches(value, choices, 1)
        hint = f"did you mean `{near[0]}`?" if near else None
        listed = ", ".join(f"`{choice}`" for choice in choices)
        self.wrong(key, f"`{value}` is none of {listed}", hint)
        return None

    def matching(self, key: str, pattern: re.Pattern[str], what: str) -> str | None:
        """A text of a certain form."""
        value = self.string(key)
        if value is None or pattern.fullmatch(value):
            return value
        self.wrong(key, f"`{value}` is not {what}")
        return None

    def reference(self, key: str) -> str | None:
        """Something in a module, `module:name`."""
        value = self.string(key)
        if value is None or is_reference(value):
            return value
        self.wrong(key, f"`{value}` is not of the form `module:name`", 'as in `"shop.bus:BUS"`')
        return None

    def path(self, key: str, value: str) -> str | None:
        """A path within the project, made plain."""
        parts = [part for part in value.split("/") if part not in ("", ".")]
        absolute = value.startswith("/") or "\\" in value or ":" in value or "\0" in value
        if absolute or ".." in parts or not parts:
            self.wrong(
                key,
                f"`{value}` is no path within the project",
                f"paths are relative to the folder of {self.file}, with `/`",
            )
            return None
        return "/".join(parts)

    def folder(self, key: str, *, package: bool = True) -> str | None:
        """A folder of ours; a package's name must be one that Python can import."""
        value = self.string(key)
        path = self.path(key, value) if value is not None else None
        if path is None:
            return None
        parts = path.split("/")
        for part in parts if package else parts[-1:]:
            if not part.isidentifier() or iskeyword(part):
                self.wrong(key, f"`{part}` in `{value}` cannot be a Python package's name")
                return None
        return path

    def unknown(self) -> None:
        """Keys that nobody asked for."""
        for key in self.table:
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, 1)
                known = ", ".join(f"`{name}`" for name in sorted(self.known))
                self.mistakes.append(
                    UNKNOWN_KEY.report(
                        f"unknown key `{key}` in `[tool.starmodel]`",
                        span=self.locate(key),
                        help=f"did you mean `{near[0]}`?" if near else f"the keys are {known}",
                    )
                )


def is_reference(value: str) -> bool:
    """Return whether it is `module:name`."""
    module, _, name = value.partition(":")
    return all(part.isidentifier() for part in (*module.split("."), name))


def kind(value: object) -> str:
    """Return what a value is, for a sentence."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text" if value.strip() else "an empty text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"
