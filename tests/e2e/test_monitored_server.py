"""What operators see of an app under uvicorn, with everything turned on."""

import json
import socket
from pathlib import Path

import httpx
from served_app import ROOT, ServedApp, generate

JSON = {"accept": "application/json"}


def test_logs_and_figures_of_a_served_app(tmp_path: Path) -> None:
    generate(tmp_path, ROOT / "examples/counter/counter/entities.py")
    figures, log = tmp_path / "figures", tmp_path / "log.txt"
    figures.mkdir()
    served = ServedApp(
        tmp_path,
        log=log,
        STARMODEL_LOGS="json",
        STARMODEL_METRICS="true",
        STARMODEL_TRACES="true",
        # As with several workers.
        PROMETHEUS_MULTIPROC_DIR=str(figures),
    )
    with served, httpx.Client(base_url=served.url, headers=JSON) as client:
        assert client.get("/_starmodel/ready").status_code == 200
        sent = client.post("/counter/increment?amount=hunter2")
        assert sent.status_code == 422
        assert client.post("/counter/increment?amount=2").status_code == 200
        text = client.get("/_starmodel/metrics").text
        counted = 'starmodel_events_total{entity="counter",event="increment",outcome="%s"} 1.0'
        assert counted % "done" in text and counted % "refused" in text
        # A server that is asked something that is no HTTP logs a warning of its own.
        with socket.create_connection(("127.0.0.1", served.port), 5) as connection:
            connection.sendall(b"HELLO\r\n\r\n")
            assert b"400" in connection.recv(100)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "hunter2" not in log.read_text()
    [refused] = [line for line in lines if line.get("outcome") == "refused"]
    assert refused["request_id"] == sent.headers["x-request-id"]
    assert "uvicorn.error" in {line["logger"] for line in lines}
    assert not any(line["logger"] == "uvicorn.access" for line in lines)
