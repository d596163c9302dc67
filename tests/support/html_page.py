"""A page as a browser reads it: its elements, and what its forms send without a script."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Element:
    """An element: its tag, its attributes, and what stands in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        """The value of an attribute; `None` where there is none."""
        return self.attributes.get(name)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join([each if isinstance(each, str) else each.text for each in self.children])

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """The elements in it, in order, with this tag and these attributes; `_` stands for `-`."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            each
            for each in self.walk()
            if tag in ("", each.tag)
            and all(each.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> "Element":
        """The one such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, [each.attributes for each in found])
        return found[0]

    def walk(self) -> Iterator["Element"]:
        """The elements in it, in order."""
        for each in self.children:
            if isinstance(each, Element):
                yield each
                yield from each.walk()

    def labelled(self, label: str) -> "Element":
        """The input that a label belongs to."""
        found = [each for each in self.all("label") if each.text.removesuffix(" *") == label]
        assert len(found) == 1, (label, [each.text for each in self.all("label")])
        return self.one(id=found[0]["for"])

    def described(self, term: str) -> "Element":
        """What a description list says of a term."""
        (row,) = [
            each
            for each in self.all("div")
            if [*each.children[:1]] == each.all("dt")[:1] and each.all("dt")[0].text == term
        ]
        return row.all("dd")[0]

    def sends(self) -> list[tuple[str, str]]:
        """What a form sends if nobody touches it."""
        fields: list[tuple[str, str]] = []
        # What is in a template is not on the page yet.
        hidden = {inner for each in self.all("template") for inner in each.walk()}
        for each in self.walk():
            name = each.get("name")
            if each in hidden or not name or each.tag not in ("input", "textarea", "select"):
                continue
            if each.tag == "textarea":
                text = each.text.replace("\r\n", "\n").replace("\r", "\n")
                fields.append((name, _decoded(text.removeprefix("\n")).replace("\n", "\r\n")))
            elif each.tag == "select":
                options = each.all("option")
                chosen = [one for one in options if one.get("selected") is not None]
                fields.append((name, _decoded((chosen or options)[0]["value"])))
            elif each.get("type") == "checkbox":
                if each.get("checked") is not None:
                    fields.append((name, each.get("value") or "on"))
            elif each.get("type") != "file":
                value = each.get("value") or ""
                if each.get("type") != "hidden":
                    value = value.replace("\n", "").replace("\r", "")
                fields.append((name, _decoded(value)))
        return fields


def read_page(html: str) -> Element:
    """Read a document, or a piece of one."""
    return _Parser(html).root


def _decoded(text: str) -> str:
    return text.replace("\0", "\ufffd")


class _Parser(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert self._open == [self.root], [each.tag for each in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len({*names}) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> ends <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
