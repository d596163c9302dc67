"""What a page is told when a record that it shows is not there any more.

It is a notice of its own, in the colours of the kit where the page has one: pages of one's own
have neither our style nor a place for it. Who reads them may not see why a record is gone, so one that was deleted
and one that somebody may not see any more are told alike.
"""

from hashlib import blake2b

from starmodel.application import Key
from starmodel.domain import Fragment
from starmodel.web.datastar.attributes import escape

_STYLE = (
    "position:sticky;top:0;z-index:2147483647;width:auto;padding:1rem;text-align:center;"
    "background:var(--sm-danger,#b3261e);color:var(--sm-on-danger,#fff)"
)


def deletion_notice(key: Key) -> tuple[Fragment, Fragment]:
    """Return what puts the notice that a record has been deleted into a page, once."""
    notice = Fragment(
        f'<div id="{_id(key)}" role="alert" style="{_STYLE}">'
        f"This {escape(key.entity.replace('_', ' '))} has been deleted.</div>",
        "body",
        "prepend",
    )
    return no_deletion_notice(key), notice


def no_deletion_notice(key: Key) -> Fragment:
    """Take the notice away: the record is there again."""
    return Fragment("", f"#{_id(key)}", "remove")


def _id(key: Key) -> str:
    """Return the id of the notice. Ids of records may hold what no selector can."""
    digest = blake2b(key.id.encode("utf-8", "replace"), digest_size=8)
    return f"deleted-{key.entity}-{digest.hexdigest()}"
