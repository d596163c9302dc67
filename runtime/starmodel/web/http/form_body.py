"""Read the fields of a form, as browsers send them."""

from starmodel.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from starmodel.web.http.request import read_pairs
from starmodel.web.http.request_limits import MAX_BODY, MAX_MEMBERS

URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data"

MAX_HEADER = 4096
"""Bytes in the headers of one part."""


def read_form(body: bytes, content_type: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form's fields, in order.

    Files are left out: no event takes one.

    Raises:
        BadRequest: The body is no form, or not UTF-8.
        PayloadTooLarge: It has more than 1,000 fields.
        UnsupportedMediaType: It has parts, and python-multipart is not installed.
    """
    if content_type.lower().startswith(MULTIPART):
        return _read_parts(body, content_type)
    return read_pairs(body, MAX_BODY)


def _read_parts(body: bytes, content_type: bytes) -> list[tuple[str, str]]:
    try:
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import MultipartParser, parse_options_header
    except ImportError:
        # An optional library: only forms that ask for this encoding need it.
        raise UnsupportedMediaType("multipart/form-data") from None
    collector = _Parts()
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= 70 or body.count(b"--" + boundary) > MAX_MEMBERS + 1:
        raise BadRequest("The form cannot be read.")
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": collector.begin,
                "on_header_field": collector.add_name,
                "on_header_value": collector.add_value,
                "on_header_end": collector.end_header,
                "on_part_data": collector.add_data,
                "on_part_end": collector.end,
                "on_end": collector.finish,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise BadRequest("The form cannot be read.") from None
    if not collector.is_whole:
        raise BadRequest("The form cannot be read.")
    fields: list[tuple[str, str]] = []
    for disposition, data in collector.parts:
        kind, options = parse_options_header(disposition)
        if kind != b"form-data" or b"name" not in options:
            raise BadRequest("The form cannot be read.")
        if b"filename" in options:
            continue
        try:
            fields.append((options[b"name"].decode("utf-8"), data.decode("utf-8")))
        except UnicodeDecodeError:
            raise BadRequest("The form is not valid UTF-8.") from None
    return fields


class _Parts:
    """What the parser of a form with parts reports."""

    def __init__(self) -> None:
        self.parts: list[tuple[bytes, bytes]] = []
        self.is_whole = False
        self._name = b""
        self._value = b""
        self._disposition = b""
        self._data: list[bytes] = []

    def begin(self) -> None:
        self._name = self._value = self._disposition = b""
        self._data = []

    def add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += self._bounded(self._name, data, start, end)

    def add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._bounded(self._value, data, start, end)

    def end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def add_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def end(self) -> None:
        if len(self.parts) == MAX_MEMBERS:
            raise PayloadTooLarge(MAX_BODY)
        self.parts.append((self._disposition, b"".join(self._data)))

    def finish(self) -> None:
        self.is_whole = True

    @staticmethod
    def _bounded(before: bytes, data: bytes, start: int, end: int) -> bytes:
        if len(before) + end - start > MAX_HEADER:
            raise BadRequest("The form cannot be read.")
        return data[start:end]
