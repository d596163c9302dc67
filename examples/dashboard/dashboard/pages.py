"""The page of the dashboard: generated forms, and a table of one's own."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import FT, Div, Li, P, Progress, Section, Table, Tbody, Td, Th, Thead, Tr, Ul  # type: ignore[import-untyped,unused-ignore]

from dashboard.entities import Dashboard, Region, opening_figures
from dashboard.generated.dashboard import bindings, pages
from starmodel import ui

FIGURES = ui.Record(
    bindings,
    title="Dashboard",
    fields=[
        ui.Number(bindings.revenue),
        ui.Number(bindings.orders),
        ui.Number(bindings.average_order),
    ],
)

REGIONS = ui.Choices({region.name: region.name for region in opening_figures()})
REGION = ui.Select(bindings.record_order.region, REGIONS, required=True)

RECORD_ORDER = pages.RECORD_ORDER.replace(inputs=[REGION, *pages.RECORD_ORDER.inputs[1:]], hint="")
RECALCULATE = pages.RECALCULATE.replace(inputs=[], result="")


def region_row(region: Region) -> FT:
    """One region against its target."""
    return Tr(
        Td(region.name),
        Td(f"{region.revenue:,.2f}", cls="number"),
        Td(f"{region.target.revenue:,.2f}", cls="number"),
        Td(region.orders, cls="number"),
        Td(region.target.orders, cls="number"),
        Td("Reached" if region.reached else "Open"),
        id=f"region-{region.name.lower()}",
    )


def region_table(dashboard: Dashboard) -> FT:
    """All regions; the live stream replaces this element by its id."""
    numbers = [
        Th(text, scope="col", cls="number") for text in ("Revenue", "Target", "Orders", "Target")
    ]
    head = Tr(Th("Region", scope="col"), *numbers, Th("State", scope="col"))
    rows = [region_row(region) for region in dashboard.regions]
    return Div(Table(Thead(head), Tbody(*rows)), id="regions", cls="table")


def log_line(text: str) -> FT:
    """One step of a recalculation."""
    return Li(text)


def recalculation() -> FT:
    """What starts the long task, its progress, and what it reports."""
    progress = Progress(data.attr({"value": bindings.progress}), max=100, aria_label="Progress")
    return Section(RECALCULATE, P(progress), Ul(id="log"), cls="event")
