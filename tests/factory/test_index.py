"""What the index page searches is kept, and made anew when what it was made of has changed, or it is damaged."""

import json

import pytest

from factory_specimens import REPOSITORY
from npr.catalogue import load_catalogue
from npr.factory import index
from npr.factory.places import Place
from npr.factory.plan import Plan


@pytest.fixture
def made(monkeypatch):
    """Count how often it is made."""
    times = []
    monkeypatch.setattr(index, "_search_data", lambda *_: times.append(1) or {"entries": [len(times)]})
    return times


def test_the_search_is_made_once_for_the_same_data(tmp_path, made):
    place = Place(tmp_path)
    assert index.search_data(place, tmp_path, None, "a") == {"entries": [1]}
    assert index.search_data(place, tmp_path, None, "a") == {"entries": [1]}
    assert index.search_data(place, tmp_path, None, "b") == {"entries": [2]}
    assert len(made) == 2


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"of": "a"}', '{"of": "a", "search": 3}'])
def test_a_damaged_search_is_made_anew(tmp_path, made, damaged):
    (tmp_path / index.SEARCH).write_text(damaged)
    assert index.search_data(Place(tmp_path), tmp_path, None, "a") == {"entries": [1]}
    assert json.loads((tmp_path / index.SEARCH).read_text())["search"] == {"entries": [1]}


def test_declarations_change_what_the_search_is_made_of_and_notebooks_do_not(workspace):
    def digests() -> tuple[str, str, str]:
        plan = Plan(workspace, load_catalogue(workspace), "starter")
        return plan.searched, plan.declared, plan.data

    first = digests()
    notebook = workspace / "notebooks" / "demo.ipynb"
    notebook.write_text(notebook.read_text().replace("Andelen", "En andel"))
    second = digests()
    assert second[:2] == first[:2] and second[2] != first[2]
    glossary = workspace / "data" / "evidence" / "glossary.yml"
    glossary.write_text(glossary.read_text() + "# more\n")
    assert not {*digests()} & {*second}


def test_what_is_searched_is_what_the_project_declares(tmp_path):
    found = index.search_data(Place(tmp_path), REPOSITORY, load_catalogue(REPOSITORY), "a")
    assert found["editions"] == ["starter"]
    assert len(found["entries"]) > 700
    assert index.search_data(Place(tmp_path), REPOSITORY, load_catalogue(REPOSITORY), "a") == json.loads(
        json.dumps(found)
    )
