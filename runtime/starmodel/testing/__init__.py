"""What tests of a generated app use: the app without a server, and snapshots of generated code.

    with Client(create_app()) as client:
        answer = client.post("/counter/increment", {"amount": 2})
        assert answer.state["count"] == 2

`starmodel.testing.snapshots` has the snapshots; it needs syrupy.
"""

from starmodel.testing.answer import ClientResponse, ServerSentEvent
from starmodel.testing.client import Client, LiveStream

__all__ = ["Client", "ClientResponse", "LiveStream", "ServerSentEvent"]
