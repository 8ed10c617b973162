"""`npr check` on the project itself: clean as it is, and each planted fault is found and named with its place."""

import json
import shutil
from pathlib import Path

import pytest

from npr.briefing.cells import read_code
from npr.briefing.wording import to_review
from npr.catalogue import load_catalogue
from npr.errors import ContentError
from npr.factory.check import check_workspace


@pytest.fixture
def copy(tmp_path: Path, home: Path) -> Path:
    """Give a copy of the project's notebooks and data, free to be spoilt."""
    for name in ("data", "notebooks"):
        shutil.copytree(home / name, tmp_path / name)
    return tmp_path


def spoil(home: Path, briefing: str, cell_id: str, old: str, new: str) -> None:
    path = home / "notebooks" / f"{briefing}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in notebook["cells"] if one["id"] == cell_id)
    source = "".join(cell["source"])
    assert old in source, source
    cell["source"] = source.replace(old, new, 1)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def drop(home: Path, briefing: str, cell_id: str) -> None:
    path = home / "notebooks" / f"{briefing}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    kept = [one for one in notebook["cells"] if one["id"] != cell_id]
    assert len(kept) == len(notebook["cells"]) - 1
    notebook["cells"] = kept
    path.write_text(json.dumps(notebook), encoding="utf-8")


def told(home: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        check_workspace(home)
    return [f"{fault.file} | {fault.key} | {fault.expected} | {fault.found}" for fault in caught.value.faults]


def test_the_project_is_in_order_and_nothing_is_left_to_review(copy):
    line, review = check_workspace(copy)
    assert line.startswith("In order: ")
    assert "7 briefings" in line
    assert review == []


def test_ten_planted_faults_are_all_named_in_one_run(copy):
    spoil(copy, "scenarier", "limits-sv", "Ingen av dem är", "Ingen av dem är före 2031")  # 1 orphan number
    spoil(copy, "testbadd", "why-sv", "tb-scale", "tb-scael")  # 2 dead citation
    drop(copy, "statens-roll", "answers-chances")  # 3 three demands unanswered
    drop(copy, "oversikt", "why-en")  # 4 no English
    spoil(copy, "testbadd", "answers-why", "R-51", "R-91")  # 5 unknown demand
    spoil(copy, "landprofil", "green-text-en", "{co2_mean:bare}", "{co2:bare}")  # 6 another number in English
    spoil(copy, "testbadd", "numbers-business", '"berd"', '"berdd"')  # 7 unknown indicator
    spoil(copy, "statens-roll", "key-advice-sv", "npr-ch7-sme", "dl-budget")  # 8 second hand in a key message
    spoil(copy, "industri40", "state-swe-sv", "37 åtgärder", "38 åtgärder")  # 9 a passage that no one wrote
    spoil(copy, "uppdraget", "title-sv", "%%sv title", "%%sv tittle")  # 10 unknown role
    found = told(copy)

    def one(*parts: str) -> bool:
        return any(all(part in line for part in parts) for line in found)

    # The heading is on the second line of the cell, and the first point of the list on the fourth.
    assert one("scenarier.ipynb, cell", "(limits-sv), line 4", "2031", "a number without origin")
    assert one("(why-sv)", "known fact", "tb-scael")
    for demand in ("R-45", "R-47", "R-54"):
        assert one("briefing statens-roll", demand, "b.answers")
    assert one("oversikt.ipynb, cell", "(why-sv)", "%%en twin")
    assert one("(answers-why)", "known demand", "R-91")
    assert one("briefing testbadd", "R-51")
    assert one("(green-text-en)", "as in Swedish", "{co2}")
    assert one("(numbers-business)", "known indicator", "berdd")
    assert one("(key-advice-sv)", "key message", "dl-budget, read at second hand")
    assert one("(state-swe-sv)", "passage of si-hp2", "38 åtgärder")
    assert one("(title-sv)", "title, lead, summary", "tittle")


def test_a_figure_before_the_last_key_message_is_a_fault(copy):
    spoil(copy, "testbadd", "numbers-research", "has_rd = ", 'b.show_line("gerd_uis", key="x", title="x")\nhas_rd = ')
    assert [line for line in told(copy) if "(numbers-research)" in line and "show_line" in line]


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("{triadic} är mer än {triadic_mean}.", "mer"),
        ("Sverige ligger högst med {people}.", "högst"),
        ("Andelen {venture} har ökat.", "ökat"),
    ],
)
def test_a_comparison_without_assertion_is_listed_for_review(copy, sentence, word):
    spoil(copy, "testbadd", "research-text-sv", "En andel av BNP", f"{sentence} En andel av BNP")
    spoil(copy, "testbadd", "research-text-en", "A share of GDP", f"{sentence} A share of GDP")
    catalogue = load_catalogue(copy)
    listed = to_review(read_code(copy, "notebooks/testbadd.ipynb"), catalogue.briefing("testbadd"))
    assert [fault.key for fault in listed if "(research-text-sv), line 2" in fault.file] == [f"“{word}”"]


@pytest.mark.parametrize(
    "sentence",
    [
        "{rd} är {b.over(rd, rd_mean)} {rd_mean}.",  # judged on the numbers
        "Högst låg {b.name_of(berd_top)} med {berd_top}.",  # found as the leader
        "{'Mer' if rd > rd_mean else 'Mindre'} än snittet: {rd}.",  # words chosen by the numbers
        "Över {b.fact('tb-100', 'över 100 testbäddar')} fanns då.",  # quoted
        "Frågan är hur det kan bli bättre.",  # no number
    ],
)
def test_a_comparison_that_something_stands_for_is_not_listed(copy, sentence):
    spoil(copy, "testbadd", "research-text-sv", "En andel av BNP", f"{sentence} En andel av BNP")
    catalogue = load_catalogue(copy)
    listed = to_review(read_code(copy, "notebooks/testbadd.ipynb"), catalogue.briefing("testbadd"))
    assert [fault for fault in listed if "(research-text-sv)" in fault.file] == []
