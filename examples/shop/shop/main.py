"""The app: the generated routes and pages, and a way in."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from fasthtml.common import FastHTML, RedirectResponse

from shop.generated.app import configure_app

app = FastHTML(default_hdrs=False)
starmodel = configure_app(app)


@app.route("/", methods=["get"])
def index() -> RedirectResponse:
    """Lead to the products."""
    return RedirectResponse("/product", status_code=303)
