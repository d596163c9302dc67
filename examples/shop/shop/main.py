"""The app: the generated routes and pages, and a way in."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from fasthtml.common import FastHTML, RedirectResponse  # type: ignore[import-untyped,unused-ignore]
from starlette.requests import Request

from shop.generated.app import configure_app

app = FastHTML(default_hdrs=False)
starmodel = configure_app(app)


@app.route("/", methods=["get"])  # type: ignore[untyped-decorator]
def index(request: Request) -> RedirectResponse:
    """Lead to the products, below whatever prefix the app is served."""
    return RedirectResponse(f"{request.scope['root_path']}/product", status_code=303)
