"""A workspace whose indicators are served on loopback."""

import pytest

from fetch_specimens import Bench, make_bench
from oecd_replay import Replay, serve


@pytest.fixture
def bench(tmp_path) -> Bench:
    replay = Replay()
    server = serve(replay)
    yield make_bench(tmp_path / "workspace", replay)
    server.shutdown()
    server.server_close()
