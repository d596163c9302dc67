"""Pickers: inputs that look for records while somebody types, and offer what they find.

A picker is a combobox as the ARIA practices have it: an input, and below it a list of options
that the keyboard walks through while the input keeps the focus. Without a script it is an input
for the record's id. Everything here is an expression of Datastar's and works on the elements
around the one it stands on, so that any number of pickers share it.
"""

from collections.abc import Iterable
from typing import Final

from starmodel.domain import Fragment
from starmodel.errors import ArgumentError, InvalidArguments
from starmodel.web.ui.display_values import escape

MAX_OPTIONS: Final = 20
"""How many options are offered at most."""

_CLOSE = (
    "((input, list) => (list.replaceChildren(),"
    " input.setAttribute('aria-expanded', 'false'),"
    " input.removeAttribute('aria-activedescendant')))"
)


CHIP = (
    "((id, label) => ((item) => (item.setAttribute('data-id', id),"
    " item.append(Object.assign(document.createElement('button'), {type: 'button',"
    " textContent: label, ariaLabel: 'Remove ' + label})),"
    " item))(document.createElement('li')))"
)
"""Makes what stands for a record that was picked, out of its id and what it is called."""


def _look_for(text: str) -> str:
    """Fetch options for a text; whoever has left the input by then is offered nothing."""
    return (
        f"@get(el.dataset.source + encodeURIComponent({text}), {{payload: {{}}}}).then(() =>"
        " document.activeElement === el"
        " ? el.setAttribute('aria-expanded', String(!!el.nextElementSibling.children.length))"
        " : el.nextElementSibling.replaceChildren())"
    )


_FIRST = _look_for("''")

PICKER_INPUT = escape(_look_for("el.value"))
"""What typing does: look for it."""

PICKER_OPEN = escape(f"el.nextElementSibling.children.length || {_FIRST}")
"""What a click into the input does: offer the first records."""

PICKER_KEYS = escape(
    "((key, list, all) => ("
    "((at) => "
    "key === 'ArrowDown' || key === 'ArrowUp' ? (evt.preventDefault(), all.length"
    " ? ((next) => (all[at]?.setAttribute('aria-selected', 'false'),"
    " next.setAttribute('aria-selected', 'true'), next.scrollIntoView({block: 'nearest'}),"
    " el.setAttribute('aria-activedescendant', next.id)))"
    "(all[(at + (key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1) + all.length) % all.length])"
    f" : {_FIRST})"
    " : key === 'Enter' && all.length ? (evt.preventDefault(), (all[at] ?? all[0]).click())"
    f" : key === 'Escape' && all.length ? (evt.preventDefault(), {_CLOSE}(el, list))"
    f" : key === 'Tab' && at >= 0 ? all[at].click() : null"
    ")(all.findIndex((one) => one.id === el.getAttribute('aria-activedescendant')))"
    "))(evt.key, el.nextElementSibling, [...el.nextElementSibling.querySelectorAll('[data-id]')])"
)
"""What keys do: walk through the options, take one, or leave the list."""

PICKER_LEAVE = escape(
    "el.contains(evt.relatedTarget)"
    f" || {_CLOSE}(el.querySelector('[role=combobox]'), el.querySelector('[role=listbox]'))"
)
"""What happens when the focus leaves the picker."""

PICK = escape(
    "((option, input, list) => option && (input.value = option.textContent,"
    " input.dispatchEvent(new Event('change', {bubbles: true})),"
    f" {_CLOSE}(input, list), input.focus()))"
    "(evt.target.closest('[role=option][data-id]'), el.querySelector('[role=combobox]'),"
    " el.querySelector('[role=listbox]'))"
)
"""What a click on an option does: close the list."""

PICK_SEVERAL = escape(
    "((option, chip, chips, input, list) => ("
    "option && ![...chips.children].some((one) => one.dataset.id === option.dataset.id)"
    f" && chips.append({CHIP}(option.dataset.id, option.textContent)),"
    f" option && (input.value = '', {_CLOSE}(input, list), input.focus()),"
    " chip && (chip.remove(), input.focus())"
    "))(evt.target.closest('[role=option][data-id]'), evt.target.closest('.chips li'),"
    " el.querySelector('.chips'), el.querySelector('[role=combobox]'),"
    " el.querySelector('[role=listbox]'))"
)
"""What a click does in a picker for several records: take an option, or drop what was taken."""

PICKED = escape("[...el.querySelector('.chips').children].map((one) => one.dataset.id)")
"""The ids that a picker for several records has."""


def render_options(options: Iterable[tuple[str, str]], target: str) -> Fragment:
    """Render what a picker may offer.

    Args:
        options: The ids of records, with what they are called; both are plain texts.
        target: The id of the list below the picker, as the request says.

    Raises:
        InvalidArguments: There is no such list.
    """
    if not target or not all(letter.isalnum() or letter in "-_" for letter in target):
        raise InvalidArguments((ArgumentError("list", "This is no list.", "value_error"),))
    items = "".join(
        f'<li role="option" id="{target}-{place}" aria-selected="false" data-id="{escape(id)}">'
        f"{escape(label)}</li>"
        for place, (id, label) in enumerate(options)
    )
    nothing = '<li role="option" aria-disabled="true" class="none">Nothing found</li>'
    return Fragment(items or nothing, f"#{target}", "inner")
