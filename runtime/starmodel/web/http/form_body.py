"""Read the fields of a form, as browsers send them."""

from starmodel.errors import BadRequest, UnsupportedMediaType
from starmodel.web.http.http_request import read_pairs
from starmodel.web.http.request_limits import MAX_BODY, MAX_MEMBERS

URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data"


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
        from python_multipart.multipart import Field, FormParser, parse_options_header
    except ImportError:
        # An optional library: only forms that ask for this encoding need it.
        raise UnsupportedMediaType("multipart/form-data") from None
    unreadable = BadRequest("The form cannot be read.")
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= 70 or body.count(b"--" + boundary) > MAX_MEMBERS + 1:
        raise unreadable
    found: list[Field] = []
    ends: list[bool] = []
    parser = FormParser(
        MULTIPART.decode(),
        on_field=found.append,
        on_file=lambda file: file.close(),
        on_end=lambda: ends.append(True),
        boundary=boundary,
    )
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise unreadable from None
    if not ends or any(field.field_name is None for field in found):
        raise unreadable
    try:
        return [
            ((field.field_name or b"").decode("utf-8"), (field.value or b"").decode("utf-8"))
            for field in found
        ]
    except UnicodeDecodeError:
        raise BadRequest("The form is not valid UTF-8.") from None
