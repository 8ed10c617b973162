"""What makes a briefing stale, and what does not; what is done again, and what only rendered again."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from factory_specimens import cells, make_workspace, write_notebook
from npr.catalogue import load_catalogue
from npr.factory import plan
from npr.factory.manifest import read_manifest
from npr.factory.places import Place
from npr.factory.plan import Plan
from npr.factory.targets import choose_targets
from npr.factory.why import explain, show

CITED = ("cited", 'cited = b.cite("pol-mix")')
SHOWN = (
    ("drawn", "%config InlineBackend.figure_formats = ['svg']\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
    ("styled", "import pandas\n\ntable = pandas.DataFrame({'a': [1]})\ndisplay(table.style, table.style)\nobject()"),
    ("code", "pandas.DataFrame({'T_12345': ['T_abcde']})"),
)
"""What libraries give other names, dates and places in each run."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Give a function that copies a workspace in which the briefing `demo` was built."""
    home = make_workspace(tmp_path_factory.mktemp("built") / "workspace", CITED, *SHOWN)
    (home / "requirements.lock").write_text("pandas==2.2\n")
    run(home)
    return home


@pytest.fixture
def home(built, tmp_path):
    shutil.copytree(built, tmp_path / "workspace")
    return tmp_path / "workspace"


def run(home, *words):
    command = [sys.executable, "-m", "npr.cli", "--home", str(home), "build", "--language", "sv", *words]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def stale(home):
    catalogue, reports = load_catalogue(home), Place(home / "reports")
    [target] = choose_targets(home, catalogue, ["demo"], [], ["sv"], [], None, []).targets
    manifest, _ = read_manifest(reports, "starter")
    return Plan(home, catalogue, "starter").staleness(reports, target, manifest)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def lock_of(home, indicator):
    text = (home / "data" / "editions" / "starter.yml").read_text(encoding="utf-8")
    return re.search(rf"  {indicator}:\n    vintage: (\w+)", text)[1]


def test_what_was_just_built_is_fresh(home):
    assert stale(home).fresh


def test_a_changed_sentence_runs_the_notebook_again(home):
    write_notebook(home, *cells(CITED, ("more-sv", "%%sv\nMer."), ("more-en", "%%en\nMore.")))
    found = stale(home)
    assert (found.run, found.because) == (True, ("the notebook changed",))


def test_a_new_vintage_of_what_it_read_runs_it_again_and_is_named(home):
    vintage = lock_of(home, "ai_all")
    change(home / "data" / "editions" / "starter.yml", vintage, "0" * 64)
    found = stale(home)
    assert (found.run, found.because) == (True, ("the vintage of ai_all changed",))


def test_a_new_vintage_of_what_it_may_use_and_did_not_changes_nothing(home):
    # The briefing's declaration names gerd too, and no cell asks for it.
    change(home / "data" / "editions" / "starter.yml", lock_of(home, "gerd"), "0" * 64)
    assert stale(home).fresh


def test_a_fact_that_it_cites_counts_and_another_does_not(home):
    facts = list((home / "data" / "evidence" / "facts").glob("*.yml"))
    [cited] = [one for one in facts if "- id: pol-mix\n" in one.read_text(encoding="utf-8")]
    [other] = [one for one in facts if "- id: npr-de-4pct\n" in one.read_text(encoding="utf-8")]
    for path, name in ((other, "npr-de-4pct"), (cited, "pol-mix")):
        change(path, f"- id: {name}\n", f"- id: {name}\n  note: Seen again.\n")
        if name != "pol-mix":
            assert stale(home).fresh
    assert stale(home).because == ("the fact pol-mix changed",)


def test_a_changed_template_renders_again_without_running(home, monkeypatch):
    monkeypatch.setattr(Plan, "templates", "another")
    found = stale(home)
    assert (found.run, found.formats, found.because) == (False, ("html", "pdf", "xlsx"), ("the templates changed",))


def test_what_is_gone_or_altered_is_rendered_again_from_what_was_run(home):
    folder = home / "reports" / "starter" / "SWE"
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    (folder / "demo.sv.pdf").unlink()
    (folder / "demo.sv.html").write_text("altered")
    found = stale(home)
    assert (found.run, found.formats) == (False, ("html", "pdf"))
    assert found.because == ("the html was altered", "the pdf is gone")
    # Without vintages no notebook can run: what is made now is made of what was run.
    shutil.rmtree(home / "data" / "vintages")
    run(home)
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("SWE/demo.sv.ipynb", "the ipynb is gone"),
        (".inputs/SWE/demo.sv.json", "the record of what it read is gone"),
        ("manifest.json", "it was never built"),
    ],
)
def test_without_what_was_run_or_its_record_it_runs_again(home, path, why):
    (home / "reports" / "starter" / path).unlink()
    assert stale(home).because == (why,)


def test_another_lock_or_date_of_the_documents_counts(home, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert stale(home).because == ("SOURCE_DATE_EPOCH changed",)
    assert not stale(home).run
    (home / "requirements.lock").write_text("pandas==3.0\n")
    assert stale(home).because == ("the environment changed",)


def test_why_says_it_in_words(home):
    catalogue, reports = load_catalogue(home), Place(home / "reports")
    targets = choose_targets(home, catalogue, ["demo"], [], ["sv"], [], None, []).targets
    told = show(explain(home, reports, catalogue, targets))
    assert "demo SWE sv, edition starter: fresh" in told
    assert re.search(r"vintages +1: ai_all\n", told)
    assert re.search(r"facts +1: pol-mix\n", told)
    change(home / "data" / "editions" / "starter.yml", lock_of(home, "ai_all"), "0" * 64)
    told = show(explain(home, reports, catalogue, targets))
    assert "stale\n  because the vintage of ai_all changed\n  to do: run and render" in told


def test_the_same_bytes_in_another_folder_hash_order_time_zone_and_locale(home, tmp_path, monkeypatch):
    first = {one.name: one.read_bytes() for one in (home / "reports" / "starter" / "SWE").iterdir()}
    own = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C", "MPLBACKEND": "Agg"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "matplotlibrc").write_text("font.size: 30")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    run(home, "--reports", str(home / "elsewhere"))
    second = {one.name: one.read_bytes() for one in (home / "elsewhere" / "starter" / "SWE").iterdir()}
    assert len(first) == 4
    assert first == second
    ran = first["demo.sv.ipynb"].decode()
    assert 'id=\\"T_00000\\"' in ran and 'id=\\"T_00001\\"' in ran
    assert "<td>T_abcde</td>" in ran and "<th>T_12345</th>" in ran  # a code in a table is no name of a table
    assert "<dc:date></dc:date>" in ran


def test_the_stock_engine_makes_the_same_bytes(home):
    first = {one.name: one.read_bytes() for one in (home / "reports" / "starter" / "SWE").iterdir()}
    run(home, "--reports", str(home / "elsewhere"), "--engine", "kernel")
    assert {one.name: one.read_bytes() for one in (home / "elsewhere" / "starter" / "SWE").iterdir()} == first


def test_the_record_holds_what_was_read_and_nothing_else(home):
    read = json.loads((home / "reports" / "starter" / ".inputs" / "SWE" / "demo.sv.json").read_text())
    assert list(read["vintage"]) == ["ai_all"]
    assert list(read["fact"]) == ["pol-mix"]
    assert len(read["demand"]) == 57


def test_a_kind_as_a_whole_is_named_as_such(home):
    plan = Plan(home, load_catalogue(home), "starter")
    assert plan.changed_inputs({"area": {"(all)": "0"}, "events": {"(all)": "0"}, "fact": {"pol-mix": "0"}}) == [
        "which areas there are, or one of them, changed",
        "the timeline changed",
        "the fact pol-mix changed",
    ]
    assert plan.changed_inputs({"fact": {"gone": "0"}, "vintage": {"ai_all": ""}}) == [
        "the fact gone is gone",
        "the vintage of ai_all is there now",
    ]


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("factory/cells.py", True),
        ("factory/foreseen.py", True),  # it says what a cell compiles to
        ("factory/pools.py", False),
        ("figures/lines.py", True),
        ("search/index.py", False),
    ],
)
def test_code_counts_that_decides_what_a_notebook_shows(file, counts):
    assert plan._counts(plan.PACKAGE / file) is counts
