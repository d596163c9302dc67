"""Charts: numbers as bars, lines or a ring, drawn by the server as SVG.

A drawing is as wide as its place and needs no script. Series differ in their strokes and fillings as
well as in their colours, which are those of the text where no stylesheet gives others. Beside the
drawing stands a table of the same numbers, for whoever does not see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

from markupsafe import Markup

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.frozen import frozen
from starmodel.ui.addresses import escape_text
from starmodel.ui.compiling import Builder
from starmodel.ui.components.fields import FragmentField, Reader, in_words
from starmodel.ui.formats import number_text
from starmodel.ui.names import Signal
from starmodel.ui.template import Renderable

ChartKind: TypeAlias = Literal["bar", "line", "donut"]

WIDTH, HEIGHT = 360, 210
"""Units of a drawing: on a phone one is about a pixel, so that its texts can be read there."""

TOP, BOTTOM, RIGHT = 10, 24, 12
"""Around the plot; the room at its left is as wide as what is written there."""

FONT = 12
MAX_LABEL = 12
"""Characters of a label below the plot; the table has all of it."""

STYLES = (("1", ""), ("0.15", "6 3"), ("0.5", "2 2"), ("0", "9 3 2 3"))
"""How opaque the filling of each series is, and the dashes of its stroke."""

MAX_SLICES = 8
"""Of more than these a ring shows the largest, and the sum of the others."""

MAX_MARKS = 40
"""A line through more points than these has no mark at each of them."""

LARGEST, SMALLEST = 1e300, 1e-300
"""What is larger is not drawn, and what is smaller is drawn as zero: floats end there."""

UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))

NOTHING: Mapping[object, object] = {}


class Series(NamedTuple):
    """A row of numbers; `None` where there is none that can be drawn."""

    name: str
    values: list[float | None]
    texts: list[str]


@frozen(kw_only=True)
class Chart(FragmentField):
    """Numbers as a drawing, with a table of them for screen readers.

    Of a field of an entity it is drawn anew when the field changes. With `data` it stands anywhere:
    in a page of one's own, in FastHTML, between the fields of a record.

    Args:
        of: The signal of a field: a list of numbers, a mapping of names to numbers, or a list of
            value objects.
        kind: `bar`, `line`, or `donut` for the parts of a whole.
        label_part: The part of a value object that says what it is about: `"month"`.
        value_part: The part with its number, or several, each of which is a series: at most four,
            in a donut one.
        data: The numbers, instead of a field.

    Raises:
        ValueError: There is no such kind, there are too many series, or there is neither a field nor
            data.
    """

    of: Signal | str = field(default="", kw_only=False)
    kind: ChartKind = "bar"
    label_part: str = ""
    value_part: str | Sequence[str] = ()
    data: object = None

    is_wide: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Check what cannot be drawn, while the page is written and not when it is asked for."""
        if self.kind not in ("bar", "line", "donut"):
            raise ValueError(f"A chart is a 'bar', a 'line' or a 'donut', and no {self.kind!r}.")
        if not self.of and self.data is None:
            raise ValueError("A chart needs a field, ui.Chart(bindings.sales), or data=...")
        most = 1 if self.kind == "donut" else len(STYLES)
        if len(self.parts) > most:
            raise ValueError(
                f"A {self.kind} chart shows at most {most} series; value_part has {len(self.parts)}."
            )

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a value object that are drawn, each a series."""
        part = self.value_part
        return (part,) if isinstance(part, str) else tuple(part)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.label or in_words(self.name) or "Chart"

    def html(self, value: Any, view: Any) -> str:
        """Return the first of the numbers, and how many more there are."""
        labels, series = self._read(value)
        if not labels or not series:
            return ""
        first = [
            f"{escape_text(label)}&nbsp;{text}"
            for label, text in zip(labels[:3], series[0].texts, strict=False)
        ]
        more = "" if len(labels) <= len(first) else f" and {len(labels) - len(first)} more"
        return f"{', '.join(first)}{more}"

    def live(self, builder: Builder, read: Reader, path: str) -> Renderable:
        """Return the drawing, which the live stream replaces."""
        if self.data is not None:
            return builder.kit.value(Markup(self.figure(self.data)), {}, field=self)
        return builder.fragment(self, lambda state, _: self.figure(read(state)), path, read)

    def __html__(self) -> str:
        """Return the drawing of its data, with its title.

        Raises:
            ValueError: It is of a field, which its record shows.
        """
        if self.data is None:
            raise ValueError(
                f"The chart of {self.name!r} shows a field: put it among the fields of a record, or"
                " give it data=..."
            )
        return self.figure(self.data, is_titled=True)

    def __ft__(self) -> Markup:
        """Return it as FastHTML wants it."""
        return Markup(self.__html__())

    def figure(self, value: object, *, is_titled: bool = False) -> str:
        """Return numbers as a figure: a drawing, what its series are called, and a table.

        Raises:
            TypeError: The value is neither a list nor a mapping.
            ValueError: It is a list of value objects that do not have the parts.
        """
        labels, series = self._read(value)
        title = escape_text(self.title)
        caption = f"<figcaption>{title}</figcaption>" if is_titled and self.label else ""
        if not labels or not series:
            return f'<figure class="chart">{caption}<p class="none">No data</p></figure>'
        if self.kind == "donut":
            drawing = _donut(labels, series[0])
        else:
            drawing = _plot(self.kind, labels, series)
        size = f"{WIDTH} {WIDTH * 0.6:.0f}" if self.kind == "donut" else f"{WIDTH} {HEIGHT}"
        name = f"{self.kind.capitalize()} chart: {title}"
        return (
            f'<figure class="chart">{caption}'
            f'<svg viewBox="0 0 {size}" role="img" aria-label="{name}" font-size="{FONT}"'
            f' fill="currentColor">{drawing}</svg>'
            f"{_legend(self.kind, series)}{_table(title, self.label_part, labels, series)}</figure>"
        )

    def _read(self, value: object) -> tuple[list[str], list[Series]]:
        """Return what each number is called, and the series."""
        if value is None:
            return [], []
        if is_mapping(value):
            labels, rows = [str(one) for one in value], [[one] for one in value.values()]
        elif is_sequence(value):
            items = list(value)
            labels = [str(place) for place in range(1, len(items) + 1)]
            rows = [[one] for one in items]
            if any(map(is_mapping, items)):
                if not self.parts:
                    raise ValueError(
                        f"The chart of {self.title!r} is of value objects: name the part with the"
                        " number, value_part=..."
                    )
                objects = [one if is_mapping(one) else NOTHING for one in items]
                for part in filter(None, (*self.parts, self.label_part)):
                    if not any(part in one for one in objects):
                        known = ", ".join({str(name): None for one in objects for name in one})
                        raise ValueError(
                            f"The chart of {self.title!r} has no part {part!r}; there are: {known}."
                        )
                rows = [[one.get(part) for part in self.parts] for one in objects]
                if self.label_part:
                    labels = [_words(one.get(self.label_part)) for one in objects]
        else:
            raise TypeError(
                f"A chart is of a list or of a mapping of numbers, not of a {type(value).__name__}."
            )
        names = [in_words(part) for part in self.parts] or [self.title]
        columns = zip(*rows, strict=True)
        return labels, [
            Series(name, [_number(one) for one in column], [_text(one) for one in column])
            for name, column in zip(names, columns, strict=False)
        ]


def _words(label: object) -> str:
    return "" if label is None else str(label)


def _number(value: object) -> float | None:
    """Return a number of a public state as one that can be drawn; a Decimal's is a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        # Data of one's own may have others.
        value = str(value)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not abs(number) <= LARGEST:
        return None
    return number if abs(number) >= SMALLEST else 0.0


def _text(value: object) -> str:
    """Return a number as the table has it; `—` for none."""
    if value is None or isinstance(value, bool):
        return "—"
    return escape_text(number_text(value if isinstance(value, int | float) else str(value))) or "—"


def _table(title: str, heading: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return the numbers as a table that only a screen reader shows."""
    head = "".join([f'<th scope="col">{escape_text(one.name)}</th>' for one in series])
    rows = "".join(
        [
            f'<tr><th scope="row">{escape_text(label)}</th>'
            + "".join([f"<td>{one.texts[place]}</td>" for one in series])
            + "</tr>"
            for place, label in enumerate(labels)
        ]
    )
    first = escape_text(in_words(heading)) or "Label"
    return (
        f'<div class="unseen"><table><caption>{title}</caption>'
        f'<thead><tr><th scope="col">{first}</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _legend(kind: ChartKind, series: Sequence[Series]) -> str:
    """Return which stroke or filling is which series; one alone needs none."""
    if len(series) < 2:
        return ""
    mark = (
        '<path d="M0 6H24" stroke-width="2"/>'
        if kind == "line"
        else '<rect x="5" y="1" width="14" height="10"/>'
    )
    items = "".join(
        [
            f'<li><svg viewBox="0 0 24 12" width="24" height="12"><g {_style(place)}>{mark}</g></svg>'
            f" {escape_text(one.name)}</li>"
            for place, one in enumerate(series)
        ]
    )
    return f'<ul class="legend" aria-hidden="true">{items}</ul>'


def _style(place: int) -> str:
    """Return the attributes of the elements of a series."""
    opacity, dashes = STYLES[place]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'class="series-{place + 1}" fill="currentColor" fill-opacity="{opacity}"'
        f' stroke="currentColor"{dashed}'
    )


# Bars and lines


class Plot(NamedTuple):
    """Where things are drawn: the middle of each label, the height of a number, the room for one."""

    labels: Sequence[str]
    middles: Sequence[float]
    height: Callable[[float], float]
    band: float


def _plot(kind: ChartKind, labels: Sequence[str], series: Sequence[Series]) -> str:
    known = [value for one in series for value in one.values if value is not None]
    ticks = _ticks(known, from_zero=kind == "bar")
    texts = [_tick_text(tick, ticks[1] - ticks[0]) for tick in ticks]
    left = max(map(_width, texts)) + 8
    bottom = HEIGHT - BOTTOM
    low, high = ticks[0], ticks[-1]

    def height(value: float) -> float:
        # Halves, for the difference of two floats may be none.
        return bottom - (value / 2 - low / 2) / (high / 2 - low / 2) * (bottom - TOP)

    band = (WIDTH - RIGHT - left) / len(labels)
    middles = [left + band * (place + 0.5) for place in range(len(labels))]
    plot = Plot(labels, middles, height, band)
    axes = [
        f'<path d="M{left:.1f} {height(tick):.1f}H{WIDTH - RIGHT}" stroke="currentColor"'
        f' stroke-opacity="{0.6 if tick == 0 else 0.15}"/>'
        f'<text x="{left - 6:.1f}" y="{height(tick) + 4:.1f}" text-anchor="end">{text}</text>'
        for tick, text in zip(ticks, texts, strict=True)
    ]
    axes += _labels(plot)
    draw = _bars if kind == "bar" else _line
    drawn = [
        f"<g {_style(place)}>{''.join(draw(one, plot, place, len(series)))}</g>"
        for place, one in enumerate(series)
    ]
    return f'<g class="axes">{"".join(axes)}</g>{"".join(drawn)}'


def _bars(one: Series, plot: Plot, place: int, count: int) -> Iterator[str]:
    """Draw a bar from zero to each number; those of several series stand side by side."""
    room = plot.band * 0.75 if plot.band > 3 else plot.band
    width = room / count
    zero = plot.height(0.0)
    for label, middle, value, text in zip(
        plot.labels, plot.middles, one.values, one.texts, strict=True
    ):
        if value is None:
            continue
        end = plot.height(value)
        yield (
            f'<rect x="{middle - room / 2 + width * place:.1f}" y="{min(zero, end):.1f}"'
            f' width="{max(width - (1 if width > 4 else 0), 0.3):.1f}" height="{abs(zero - end):.1f}">'
            f"<title>{escape_text(label)}: {text}</title></rect>"
        )


def _line(one: Series, plot: Plot, place: int, count: int) -> Iterator[str]:
    """Draw a line through the numbers, broken where one is missing."""
    values, middles, height = one.values, plot.middles, plot.height
    path = ""
    for index, value in enumerate(values):
        if value is not None:
            follows = index > 0 and values[index - 1] is not None
            path += f"{'L' if follows else 'M'}{middles[index]:.1f} {height(value):.1f}"
    yield f'<path d="{path}" fill="none" stroke-width="2"/>'
    around = [None, *values, None]
    for index, value in enumerate(values):
        is_alone = around[index] is None and around[index + 2] is None
        if value is not None and (is_alone or len(values) <= MAX_MARKS):
            yield (
                f'<circle cx="{middles[index]:.1f}" cy="{height(value):.1f}" r="3"'
                f' stroke-dasharray="none"><title>{escape_text(plot.labels[index])}:'
                f" {one.texts[index]}</title></circle>"
            )


def _labels(plot: Plot) -> Iterator[str]:
    """Write what the numbers are called below the plot: as many as have room there."""
    short = [_shortened(one, MAX_LABEL) for one in plot.labels]
    widths = [_width(one) for one in short]
    step = math.ceil((max(widths) + 8) / plot.band)
    for place in range(0, len(short), step):
        half = widths[place] / 2
        x = min(max(plot.middles[place], half), WIDTH - half)
        yield (
            f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
            f"{escape_text(short[place])}</text>"
        )


def _shortened(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _width(text: str) -> float:
    """Return about how wide a text is: letters of East Asia are as wide as they are high."""
    return sum([FONT if ord(letter) > 0x2E7F else FONT * 0.58 for letter in text])


def _ticks(values: Sequence[float], *, from_zero: bool) -> list[float]:
    """Return four to seven round numbers, the first and the last of which enclose all others."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    # Numbers that are all but equal have no round ones between.
    if from_zero or high / 5 - low / 5 <= 1e-9 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = high / 5 - low / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [place * step for place in range(first, last + 1)]


def _tick_text(value: float, step: float) -> str:
    """Write a number beside the plot, in thousands or more where all are: `2.5M`."""
    if step >= 1e15 or step < 1e-6:
        return f"{value:.3g}"
    for unit, letter in UNITS:
        if step >= unit and value:
            return f"{value / unit:.12g}{letter}"
    text = f"{value:.12g}"
    return text if "e" in text else number_text(float(text))


# Rings


def _donut(labels: Sequence[str], one: Series) -> str:
    """Draw the parts of a whole clockwise, each with its number in the list beside the ring."""
    slices = [
        (label, value, text)
        for label, value, text in zip(labels, one.values, one.texts, strict=True)
        if value is not None and value > 0
    ]
    top = max([value for _, value, _ in slices], default=1.0)
    # The sum of floats may be none.
    slices = [(label, value / top, text) for label, value, text in slices]
    if len(slices) > MAX_SLICES:
        places = sorted(range(len(slices)), key=lambda place: -slices[place][1])
        others = [slices[place][1] for place in places[MAX_SLICES - 1 :]]
        kept = [slices[place] for place in sorted(places[: MAX_SLICES - 1])]
        slices = [*kept, (f"{len(others)} others", sum(others), "")]
    total = sum([value for _, value, _ in slices])
    ring = '<circle cx="90" cy="108" r="58" fill="none" stroke="currentColor"'
    if not slices:
        return f'{ring} stroke-opacity="0.4"/>{_beside(1, "Nothing above zero", "")}'
    ends = [0.0]
    for _, value, _ in slices:
        ends.append(ends[-1] + value / total * 100)
    drawn: list[str] = []
    gap = 0.7 if len(slices) > 1 else 0.0
    for place, ((start, end), (label, _, text)) in enumerate(
        zip(pairwise(ends), slices, strict=True), 1
    ):
        length = max(end - start - gap, 0.2)
        angle = (start + end) / 100 * math.pi
        series = f"series-{(place - 1) % len(STYLES) + 1}"
        drawn.append(
            f'{ring} class="{series}" stroke-width="34" pathLength="100"'
            f' stroke-dasharray="{length:.2f} {100 - length:.2f}" stroke-dashoffset="{-start:.2f}"'
            f' transform="rotate(-90 90 108)"><title>{escape_text(label)}{text and f": {text}"}</title></circle>'
        )
        if end - start >= 3:
            x, y = 90 + 84 * math.sin(angle), 108 - 84 * math.cos(angle)
            drawn.append(
                f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle"'
                f' class="{series}">{place}</text>'
            )
        share = f"{end - start:.0f} %" if end - start >= 1 else "&lt; 1 %"
        drawn.append(_beside(place, label, share))
    return "".join(drawn)


def _beside(place: int, label: str, share: str) -> str:
    number = f"{place}. " if share else ""
    return (
        f'<text x="192" y="{20 + place * 22}">{number}{escape_text(_shortened(label, 18))}</text>'
        f'<text x="{WIDTH}" y="{20 + place * 22}" text-anchor="end">{share}</text>'
    )
