"""A loopback server and a client that does not wait."""

from contextlib import closing

import pytest

from npr.oecd.client import Client
from npr.oecd.quota import Quota
from oecd_replay import Replay, serve


@pytest.fixture
def replay():
    told = Replay()
    server = serve(told)
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def waits() -> list[float]:
    """The pauses that the client made, instead of making them."""
    return []


@pytest.fixture
def client(tmp_path, waits) -> Client:
    quota = Quota(ledger=tmp_path / "ledger.json")
    with closing(
        Client(quota=quota, sleep=waits.append, connect_seconds=2, read_seconds=0.5, whole_seconds=1.5)
    ) as asking:
        yield asking
