"""What the warm process makes ready, and that a keeper is asked again only when it has that."""

import os
import socket

import pytest

from npr.factory import warm
from npr.factory.child import ask
from npr.factory.keeper import WAYS


class Noted:
    """Notes what keepers would be asked instead of asking them."""

    def __init__(self):
        self.asked = []

    def give(self, ways, needed, known, others):
        assert len(ways) == WAYS
        for one in ways:
            os.close(one)
        self.asked.append((set(needed), set(known)))


@pytest.fixture
def made_ready(monkeypatch):
    """Note what is made ready."""
    made = []
    monkeypatch.setattr(warm, "foresee", lambda notebook: made.append(notebook))
    monkeypatch.setattr(warm, "look_ahead", lambda home, edition: made.append((home, edition)))
    return made


def requests(before, *wanted):
    """Have requests heard; give what keepers are asked for each."""
    asks, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with asks, asked:
        made = warm.Warm(asked)
        made.keepers = Noted()
        made.kept = {"home": "home", "edition": "starter", "before": before}
        for notebook, ahead in wanted:
            ask(asks, [os.open(os.devnull, os.O_RDONLY) for _ in range(WAYS)], [], notebook=notebook, ahead=ahead)
            made._fork()
        return made.keepers.asked


def test_a_keeper_has_what_the_notebook_needs(made_ready):
    asked = requests(None, ("a", False), ("b", True), ("a", False), ("b", True))
    assert asked == [
        ({"a"}, {"a"}),
        ({"b", warm.BACK_TEST}, {"a", "b", warm.BACK_TEST}),
        ({"a"}, {"a", "b", warm.BACK_TEST}),
        ({"b", warm.BACK_TEST}, {"a", "b", warm.BACK_TEST}),
    ]
    assert made_ready == ["a", "b", ("home", "starter"), "a", "b"]  # the back-test once


def test_the_back_test_is_made_when_as_many_run_as_need_it_not(made_ready):
    asked = requests(2, ("a", False), ("b", False), ("c", True))
    assert made_ready == ["a", "b", ("home", "starter"), "c"]
    assert asked[1] == ({"b"}, {"a", "b"})  # begun before
    assert asked[2] == ({"c", warm.BACK_TEST}, {"a", "b", "c", warm.BACK_TEST})
