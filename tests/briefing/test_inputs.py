"""What a notebook reads is recorded as it is read, a line for each cell that read something new."""

import json
from types import SimpleNamespace

import pytest

from npr.briefing.inputs import record_inputs, recorded_inputs
from npr.catalogue import reads


@pytest.fixture
def cell_ends(base, tmp_path, monkeypatch):
    """Give what happens at the end of a cell, and where it is recorded."""
    place, called = tmp_path / "reads", []
    monkeypatch.setenv("NPR_READS", str(place))
    reads.forget()
    shell = SimpleNamespace(events=SimpleNamespace(register=lambda event, call: called.append((event, call))))
    record_inputs(shell, base)
    [(event, call)] = called
    assert event == "post_run_cell"
    yield call, place
    reads.forget()


def test_a_cell_adds_what_it_was_the_first_to_read(cell_ends):
    cell_end, place = cell_ends
    cell_end(None)
    assert not place.exists()  # nothing was read
    for kind, name in (("unit", "PCT"), ("indicator", "none"), ("unit", "PCT"), ("source", "oecd")):
        reads.note(kind, name)
        cell_end(None)
    lines = [json.loads(one) for one in place.read_text(encoding="utf-8").splitlines()]
    assert [sorted({*one} - {"area"}) for one in lines] == [["unit"], ["indicator"], ["source"]]
    assert lines[1]["indicator"] == {"none": ""}
    assert len(lines[0]["unit"]["PCT"]) == 16
    recorded = recorded_inputs(place)
    assert list(recorded) == ["area", "indicator", "source", "unit"]
    assert recorded["unit"] == lines[0]["unit"]


def test_what_was_recorded_is_put_together_in_order(tmp_path):
    place = tmp_path / "reads"
    assert recorded_inputs(place) == {}
    place.write_text('{"vintage": {"b": "1"}}\n{"unit": {"PCT": "2"}, "vintage": {"a": "3"}}\n', encoding="utf-8")
    found = recorded_inputs(place)
    assert json.dumps(found) == '{"unit": {"PCT": "2"}, "vintage": {"a": "3", "b": "1"}}'


def test_nothing_is_recorded_where_no_file_is_named(base, monkeypatch):
    monkeypatch.delenv("NPR_READS", raising=False)
    record_inputs(None, base)
