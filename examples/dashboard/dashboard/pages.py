"""The page of the dashboard: FastHTML components on the generated bindings."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import (  # type: ignore[import-untyped,unused-ignore]
    FT,
    Button,
    Dd,
    Div,
    Dl,
    Dt,
    Form,
    Input,
    Label,
    Li,
    Main,
    Option,
    P,
    Progress,
    Section,
    Select,
    Table,
    Tbody,
    Td,
    Th,
    Thead,
    Tr,
    Ul,
    to_xml,
)

from dashboard.entities import Dashboard, Region
from dashboard.generated.dashboard import bindings
from dashboard.generated.dashboard.state import dashboard_state
from starmodel.web import DefaultUI
from starmodel.web.datastar.actions import Expression, Signal

REGION = Signal("$_region")
AMOUNT = Signal("$_amount")


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
    numbers = ("Revenue", "Target", "Orders", "Target")
    return Div(
        Table(
            Thead(
                Tr(
                    Th("Region", scope="col"),
                    *[Th(number, scope="col", cls="number") for number in numbers],
                    Th("State", scope="col"),
                )
            ),
            Tbody(*[region_row(region) for region in dashboard.regions]),
        ),
        id="regions",
        cls="table",
    )


def log_line(text: str) -> FT:
    """One step of a recalculation."""
    return Li(text)


def figure(label: str, value: object, signal: Expression) -> FT:
    """A figure that follows its signal."""
    return Div(Dt(label), Dd(value, data.text(signal)))


def order_form(dashboard: Dashboard) -> FT:
    """A form for `record_order`, with the errors beside the inputs."""
    return Form(
        data.signals({"_region": dashboard.regions[0].name, "_amount": ""}),
        data.on("submit", bindings.record_order(region=REGION, amount=AMOUNT)),
        Div(
            Label("Region", fr="region"),
            Select(
                *[Option(region.name) for region in dashboard.regions],
                data.bind("_region"),
                id="region",
            ),
            cls="field",
        ),
        Div(
            Label("Amount", fr="amount"),
            Input(data.bind("_amount"), id="amount", inputmode="decimal", required=True),
            P(data.text("$errors.dashboard.record_order.amount"), cls="error", role="alert"),
            cls="field",
        ),
        Button("Record order", type="submit"),
        cls="event",
    )


def recalculation() -> FT:
    """The button that starts the long task, its progress, and what it reports."""
    return Section(
        Button(
            "Recalculate",
            data.on("click", f"{bindings.running} || {bindings.recalculate()}"),
            data.attr({"aria-disabled": f"{bindings.running} ? 'true' : 'false'"}),
            type="button",
        ),
        P(Progress(data.attr({"value": bindings.progress}), max=100, aria_label="Progress")),
        Ul(id="log"),
        cls="event",
    )


def page(dashboard: Dashboard, ui: DefaultUI) -> str:
    """The whole page, as it stands before the live stream takes over."""
    content = Main(
        Section(
            Dl(
                figure("Revenue", dashboard.revenue, bindings.revenue),
                figure("Orders", dashboard.orders, bindings.orders),
                figure("Average order", dashboard.average_order, bindings.average_order),
                cls="state",
            ),
            Div(region_table(dashboard), cls="event"),
            cls="events",
        ),
        Section(order_form(dashboard), recalculation(), cls="events"),
        data_signals=bindings.signals(dashboard_state(dashboard)),
        data_init=bindings.live(),
    )
    return ui.document(title="Dashboard", lead="Sales by region.", content=to_xml(content))
