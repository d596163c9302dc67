"""Whether everything that was generated is up to date, told from hashes alone.

A manifest names all that a run read and wrote. While every one of these files has the content it
had then, while no file has joined those searched for entities, and while the configuration and
this version are the same, running again would write the same bytes: that is known before a parser
or a template is loaded. A "no" here means only "not known": the stages find out.
"""

import os
from collections.abc import Callable

from starmodel_generator._version import __version__
from starmodel_generator.output.manifest import FILE_NAME, Manifest, read_manifest
from starmodel_generator.project.discovery import PRIVATE_FOLDER, Project, python_files
from starmodel_generator.project.hashing import digest, normal, read


class Standing:
    """A generated tree that nobody has touched since it was written.

    `text` is its manifest as it is on disk; `changed` are the sources, in the manifest's order,
    that have other contents than the ones it was made from.
    """

    __slots__ = ("changed", "manifest", "text")

    def __init__(self, manifest: Manifest, text: str, changed: list[str]) -> None:
        self.manifest = manifest
        self.text = text
        self.changed = changed


def hash_of_file(path: str) -> str:
    """Return the hash of a file's content; `OSError` where it cannot be read."""
    return digest(read(path))


def standing(project: Project, hash_of: Callable[[str], str] = hash_of_file) -> Standing | None:
    """Compare a project with its manifest; `None` where more than contents of sources changed."""
    output = _plain_setting(project.options, b"output")
    if output is None:
        return None
    root = project.root
    try:
        if os.path.lexists(os.path.join(root, PRIVATE_FOLDER, "journal")):
            return None
        text = normal(read(os.path.join(root, output, FILE_NAME))).decode()
        manifest = read_manifest(text)
        if (
            manifest is None
            or manifest.generator != __version__
            or manifest.options != digest(project.options)
            or manifest.plugins
            or manifest.rivals
            or manifest.text() != text
        ):
            return None
        changed = _changed(root, manifest.sources, hash_of)
        if changed is not None and _changed(root, manifest.outputs, hash_of) == []:
            client = _plain_setting(project.options, b"client_output")
            skip = frozenset({output, client or output})
            for entry in manifest.entities:
                for path in python_files(root, entry, skip=skip):
                    if path not in manifest.sources:
                        return None
            return Standing(manifest, text, changed)
    except (OSError, UnicodeDecodeError):
        return None
    return None


def up_to_date(files: int, warnings: int) -> str:
    """Return the sentence for a tree in which nothing is to be done; `files` counts the manifest too."""
    sentence = "1 file is up to date." if files == 1 else f"{files} files are up to date."
    if warnings:
        noun = "warning" if warnings == 1 else "warnings"
        sentence += f" {warnings} {noun}: `starmodel inspect` shows them."
    return sentence


def what_was_written(written: int, unchanged: int, removed: int) -> str:
    """Return the sentence for a tree that was changed; the manifest counts among the files."""
    return f"{counted(written, 'file')} written, {unchanged} unchanged, {removed} removed."


def what_was_read(entities: int, modules: int) -> str:
    """Return the sentence that says how many entities there are, and in how many modules."""
    return f"{counted(entities, 'entity', 'entities')} in {counted(modules, 'module')}."


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    return f"1 {one}" if count == 1 else f"{count} {many or f'{one}s'}"


def _changed(root: str, hashes: dict[str, str], hash_of: Callable[[str], str]) -> list[str] | None:
    """Return the files that have other hashes; `None` if one is there that had none, and must not be."""
    prefix = root + os.sep
    changed: list[str] = []
    for path, expected in hashes.items():
        if not expected:
            if os.path.lexists(prefix + path):
                return None
        elif hash_of(prefix + path) != expected:
            changed.append(path)
    return changed


def _plain_setting(options: bytes, key: bytes) -> str | None:
    """A text set on a line of its own, as nearly everybody writes it; `None` if it is not so."""
    for line in options.split(b"\n"):
        name, separator, value = line.partition(b"=")
        if separator and name.strip() == key:
            value = value.strip()
            quote = value[:1]
            text, closed, rest = value[1:].partition(quote)
            if quote not in (b'"', b"'") or not closed or b"\\" in text:
                return None
            if rest.strip() and not rest.strip().startswith(b"#"):
                return None
            return text.decode().rstrip("/")
    return None
