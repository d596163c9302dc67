"""The record of a run, committed beside what it wrote: which files are ours, and made from what.

`manifest.json` is plain JSON with one path a line, sorted, and the only generated file with
hashes and a version in it. It is read line by line, so that it can be read in the middle of a
merge too: what is no entry is passed over, and a path that both sides have keeps both hashes.

This module is on the way of `starmodel generate --check`, which answers within milliseconds:
it imports nothing.
"""

FILE_NAME = "manifest.json"

_ABOUT = "Written by StarModel: every generated file and what it was made from. Do not edit."
_SECTIONS = ("outputs", "sources")
_MAX_DIGITS = 9
_CONFLICT_MARKERS = (b"<<<<<<< ", b"=======", b">>>>>>> ")


class Manifest:
    """What a run was made from and what it wrote.

    `outputs` and `sources` have hashes (see `content.digest`) by path relative to the project's
    root, with `/`. `sources` are all files that the result depended on; a file that was looked
    for and is not there has an empty hash. `entities` are the files and folders that were
    searched for entities. `options` is the hash of the configuration, `generator` the version
    that ran, `plugins` the versions of the targets that took part, `warnings` how many there were.

    `rivals` are the paths that a merge left with more than one hash; `outputs` has the last one.
    """

    __slots__ = (
        "entities",
        "generator",
        "options",
        "outputs",
        "plugins",
        "rivals",
        "sources",
        "warnings",
    )

    def __init__(
        self,
        *,
        generator: str,
        options: str,
        entities: tuple[str, ...],
        sources: dict[str, str],
        outputs: dict[str, str],
        plugins: tuple[str, ...] = (),
        warnings: int = 0,
        rivals: frozenset[str] = frozenset(),
    ) -> None:
        self.generator = generator
        self.options = options
        self.entities = entities
        self.sources = sources
        self.outputs = outputs
        self.plugins = plugins
        self.warnings = warnings
        self.rivals = rivals

    def text(self) -> str:
        """Return the file's text: the same for equal manifests, whatever order they were made in."""

        def block(name: str, brackets: str, entries: list[str]) -> str:
            if not entries:
                return f'  "{name}": {brackets}'
            lines = ",\n".join(f"    {entry}" for entry in entries)
            return f'  "{name}": {brackets[0]}\n{lines}\n  {brackets[1]}'

        def hashes(entries: dict[str, str]) -> list[str]:
            if _is_plain("".join((*entries, *entries.values()))):
                return [f'"{path}": "{entries[path]}"' for path in sorted(entries)]
            return [f"{_quote(path)}: {_quote(entries[path])}" for path in sorted(entries)]

        parts = [
            f'  "about": {_quote(_ABOUT)}',
            block("entities", "[]", [_quote(path) for path in self.entities]),
            f'  "generator": {_quote(self.generator)}',
            f'  "options": {_quote(self.options)}',
            block("outputs", "{}", hashes(self.outputs)),
            block("plugins", "[]", [_quote(plugin) for plugin in self.plugins]),
            block("sources", "{}", hashes(self.sources)),
            f'  "warnings": {self.warnings}',
        ]
        return "{\n" + ",\n".join(parts) + "\n}\n"


def read_manifest(text: str) -> Manifest | None:
    """Read a manifest's text, merge conflicts included; `None` if it is not one of ours."""
    if f'"about": "{_ABOUT}"' not in text:
        return None
    values = {"generator": "", "options": "", "warnings": "0"}
    lists: dict[str, list[str]] = {"entities": [], "plugins": []}
    hashes: dict[str, dict[str, str]] = {name: {} for name in _SECTIONS}
    rivals: set[str] = set()
    section = ""
    for line in text.split("\n"):
        if line.startswith('    "'):
            name, separator, value = line[4:].rstrip(",").partition('": "')
            if section in hashes and separator:
                path = name[1:]
                entries = hashes[section]
                if entries.setdefault(path, value[:-1]) != value[:-1]:
                    entries[path] = value[:-1]
                    rivals.add(path)
            elif section in lists and not separator:
                lists[section].append(name[1:-1])
        elif line.startswith('  "'):
            section, _, value = line[3:].rstrip(",").partition('": ')
            if section in values:
                values[section] = value.strip('"')
    return Manifest(
        generator=values["generator"],
        options=values["options"],
        entities=tuple(lists["entities"]),
        sources=hashes["sources"],
        outputs=hashes["outputs"],
        plugins=tuple(lists["plugins"]),
        warnings=_count(values["warnings"]),
        rivals=frozenset(rivals),
    )


def _count(text: str) -> int:
    """Return the number in a text; 0 for what is none, or is longer than any that was written."""
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else 0


def _quote(value: str) -> str:
    """A JSON string, as `json.dumps` writes it without escaping letters."""
    if _is_plain(value):
        return f'"{value}"'
    from json import dumps

    return dumps(value, ensure_ascii=False)


def _is_plain(value: str) -> bool:
    """Return whether a text stands in JSON as it is."""
    return "\\" not in value and '"' not in value and value.isascii() and value.isprintable()


def has_conflict(data: bytes) -> bool:
    """Return whether a merge left its markers in the file, each at the start of a line."""
    return all(data.startswith(marker) or b"\n" + marker in data for marker in _CONFLICT_MARKERS)
