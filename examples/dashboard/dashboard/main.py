"""The app: a FastHTML app of one's own, with the generated routes in front of it."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from fasthtml.common import FastHTML, HTMLResponse  # type: ignore[import-untyped,unused-ignore]
from starlette.requests import Request

from dashboard.generated.app import configure_app
from dashboard.generated.dashboard.state import DASHBOARD
from dashboard.pages import page
from starmodel.web import DefaultUI

app = FastHTML(default_hdrs=False)
ui = DefaultUI()
starmodel = configure_app(app, ui=ui)


@app.route("/", methods=["get"])  # type: ignore[untyped-decorator]
async def index(request: Request) -> HTMLResponse:
    """The dashboard of this browser."""
    snapshot = await starmodel.read(request, DASHBOARD)
    return HTMLResponse(page(snapshot.entity, ui))
