"""The transports other than HTTP that the settings ask for, as routes of the app."""

from collections.abc import Sequence

from starmodel.settings import Settings
from starmodel.web.operations.operation import Operation
from starmodel.web.routing.request import Route
from starmodel.web.routing.resource import Resource


class Operations:
    """The generated table of operations, and the routes of the transports that the settings ask for."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def __repr__(self) -> str:
        return f"<Operations, {len(self.operations)} rows>"

    def routes(self, settings: Settings, resources: Sequence[Resource]) -> list[Route]:
        """Return the routes of an app by which its operations are asked for.

        Raises:
            ConfigurationError: A row has no route, or a pattern fits no row.
        """
        routes: list[Route] = []
        if not (settings.jsonrpc or settings.mcp):
            return routes
        # What makes JSON Schema takes a moment to be imported, and many apps never need it.
        from starmodel.web.operations.operation_table import OperationTable

        table = OperationTable(self.operations, resources)
        if settings.jsonrpc:
            from starmodel.web.operations.json_rpc import json_rpc_route

            routes.append(json_rpc_route(settings.jsonrpc, table))
        if settings.mcp:
            from starmodel.web.operations.mcp_server import mcp_route

            routes.append(mcp_route(table.matching(settings.mcp)))
        return routes
