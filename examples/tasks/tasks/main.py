"""The app: a FastHTML app of one's own, with the generated routes in front of it."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from pathlib import Path

from fasthtml.common import FastHTML, FileResponse, HTMLResponse  # type: ignore[import-untyped,unused-ignore]
from starlette.requests import Request

from starmodel.web import DefaultUI
from tasks.generated.app import configure_app
from tasks.generated.task_list.state import TASK_LIST
from tasks.pages import page

STYLESHEET = Path(__file__).with_name("tasks.css")

app = FastHTML(default_hdrs=False)
ui = DefaultUI(stylesheets=["/tasks.css"])
starmodel = configure_app(app, ui=ui)


@app.route("/", methods=["get"])  # type: ignore[untyped-decorator]
async def index(request: Request) -> HTMLResponse:
    """The task list of this browser."""
    snapshot = await starmodel.read(request, TASK_LIST)
    return HTMLResponse(page(snapshot.entity, ui))


@app.route("/tasks.css", methods=["get"])  # type: ignore[untyped-decorator]
def stylesheet() -> FileResponse:
    """What the page needs beyond the default look."""
    return FileResponse(STYLESHEET, media_type="text/css")
