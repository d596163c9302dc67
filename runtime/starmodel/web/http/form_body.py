"""Read the fields of a form, as browsers send them."""

from base64 import b64encode
from typing import TYPE_CHECKING

from starmodel.errors import BadRequest, UnsupportedMediaType
from starmodel.web.http.http_request import read_pairs
from starmodel.web.http.request_limits import MAX_BODY, MAX_MEMBERS

if TYPE_CHECKING:
    from python_multipart.multipart import Field, File

URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data"


class Upload(str):
    """A file, as the Base64 that bytes are in JSON; it is as long as a whole body may be."""

    __slots__ = ()


def read_form(body: bytes, content_type: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form's fields, in order.

    A file is an `Upload`; an input for one that nothing was chosen in is left out. Beside a file
    an empty text of the same name, which says to remove what is stored, counts for nothing.

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
        from python_multipart.multipart import Field, FormParser, parse_options_header
    except ImportError:
        # An optional library: only forms that ask for this encoding need it.
        raise UnsupportedMediaType("multipart/form-data") from None
    unreadable = BadRequest("The form cannot be read.")
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= 70 or body.count(b"--" + boundary) > MAX_MEMBERS + 1:
        raise unreadable
    found: list[Field | tuple[bytes | None, str]] = []
    ends: list[bool] = []
    parser = FormParser(
        MULTIPART.decode(),
        on_field=found.append,
        on_file=lambda file: _keep(file, found),
        on_end=lambda: ends.append(True),
        boundary=boundary,
        # It is all here already; nothing is written to a disk.
        config={"MAX_MEMORY_FILE_SIZE": len(body) + 1},
    )
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise unreadable from None
    fields: list[tuple[str, str]] = []
    try:
        for each in found:
            if isinstance(each, tuple):
                name, value = each
            else:
                name, value = each.field_name, (each.value or b"").decode("utf-8")
            if name is None:
                raise unreadable
            fields.append((name.decode("utf-8"), value))
    except UnicodeDecodeError:
        raise BadRequest("The form is not valid UTF-8.") from None
    if not ends:
        raise unreadable
    files = {name for name, value in fields if isinstance(value, Upload)}
    return [
        (name, value)
        for name, value in fields
        if value or isinstance(value, Upload) or name not in files
    ]


def _keep(file: "File", found: "list[Field | tuple[bytes | None, str]]") -> None:
    """Record what a file holds; one without a name and without content was not chosen."""
    if file.file_name or file.size:
        content = file.file_object
        content.seek(0)
        found.append((file.field_name, Upload(b64encode(content.read()).decode("ascii"))))
    file.close()
