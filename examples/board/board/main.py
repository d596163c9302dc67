"""The app: the generated routes and the page of one's own."""

from board.generated.app import create_app

app = create_app()
