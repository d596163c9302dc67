"""The app: a FastHTML app of one's own, with the generated routes in front of it."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from fasthtml.common import FT, FastHTML, Section, Titled  # type: ignore[import-untyped,unused-ignore]

from dashboard.entities import Dashboard
from dashboard.generated.app import configure_app
from dashboard.pages import FIGURES, RECORD_ORDER, recalculation, region_table

app = FastHTML(default_hdrs=False)
configure_app(app)


@app.get("/")  # type: ignore[untyped-decorator]
def index(dashboard: Dashboard) -> FT:
    """The dashboard of this browser."""
    return Titled(
        "Dashboard",
        FIGURES.of(dashboard),
        region_table(dashboard),
        Section(RECORD_ORDER, recalculation(), cls="events"),
    )
