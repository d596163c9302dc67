"""The app: a FastHTML app of one's own, with the generated routes in front of it."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from pathlib import Path

from fasthtml.common import FT, FastHTML, FileResponse, Link, Titled  # type: ignore[import-untyped,unused-ignore]

from tasks.entities import TaskList
from tasks.generated.app import configure_app
from tasks.pages import ADD, task_section

STYLESHEET = Path(__file__).with_name("tasks.css")

app = FastHTML(default_hdrs=False, hdrs=[Link(rel="stylesheet", href="/tasks.css")])
configure_app(app)


@app.get("/")  # type: ignore[untyped-decorator]
def index(tasks: TaskList) -> FT:
    """The task list of this browser."""
    return Titled("Tasks", ADD, task_section(tasks))


@app.get("/tasks.css")  # type: ignore[untyped-decorator]
def stylesheet() -> FileResponse:
    """What the page needs beyond the default look."""
    return FileResponse(STYLESHEET, media_type="text/css")
