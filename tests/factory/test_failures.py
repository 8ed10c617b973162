"""What went wrong: where, in which line, for whom, in all the forms that it is told in."""

import json
from dataclasses import asdict, replace
from datetime import date

import nbformat
import pytest
from defusedxml import ElementTree
from nbformat.v4 import new_markdown_cell

from cell_specimens import failure_of, write_cells
from npr.factory.execute import execute
from npr.factory.failures import Failure, FailureError, as_json, as_junit, as_markdown, as_text
from npr.factory.redact import Redactor

pytestmark = pytest.mark.filterwarnings("ignore")
ENGINES = ["fast", "kernel"]
FIRST = Failure(
    name="demo SWE sv",
    cause="the selection is empty (IndexError)\nand more",
    todo="Widen it.",
    exit_code=6,
    edition="starter",
    parameters={"country": "SWE", "language": "sv", "edition": "starter"},
    section="Läget <nu>",
    cell=3,
    cell_id="text-sv",
    lines=("  1 a = 1", "> 2 a[0] & '<b>'"),
)
SECOND = Failure("other FIN en", "IntegrityError: a hash differs.", "Fetch it again.", 5)
LIBRARY = "import pandas\na = 1\nb = pandas.Series([a])['x']\nc = 3\nd = 4"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("source", "lines"),
    [
        # In a library: the line of the cell that called it.
        (LIBRARY, ("  1 import pandas", "  2 a = 1", "> 3 b = pandas.Series([a])['x']", "  4 c = 3")),
        # In a function of the cell: the line of its top level.
        (
            "def f(n):\n    return 1 / n\n\nx = 2\nf(0)",
            ("  3 ", "  4 x = 2", "> 5 f(0)"),
        ),
        ("a = 1\ndef broken(:\n    pass", ("  1 a = 1", "> 2 def broken(:", "  3     pass")),
        ("for n in (1,\n          0):\n    1 / n", ("  1 for n in (1,", "  2           0):", ">  3     1 / n")),
    ],
)
def test_the_failing_line_stands_between_its_neighbours(tmp_path, engine, source, lines):
    failure = failure_of(tmp_path, source, engine=engine)
    assert failure.lines == tuple(line.replace(">  3", "> 3") for line in lines)


def test_a_function_of_an_earlier_cell_is_blamed_on_the_line_that_called_it(tmp_path):
    failure = failure_of(tmp_path, "def f(n):\n    x = n\n    return 1 / x", "a = 0\nf(a)\nb = 1")
    assert failure.lines == ("  1 a = 0", "> 2 f(a)", "  3 b = 1")
    assert (failure.cell, failure.cell_id) == (3, "cell-1")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("%%eng\nText", "UsageError: Cell magic `%%eng` not found."),
        ("x = 1\n%nosuch", "UsageError: Line magic function `%nosuch` not found."),
        ("import sys\nprint('note: x', file=sys.stderr)\nraise ValueError", "ValueError"),
        (
            "raise ExceptionGroup('two of them', [ValueError('a'), ExceptionGroup('in it', [KeyError('b')])])",
            "ExceptionGroup: two of them (2 sub-exceptions)",
        ),
    ],
)
def test_an_error_that_the_kernel_only_prints_is_told_in_its_words(tmp_path, engine, source, cause):
    assert failure_of(tmp_path, source, engine=engine).cause == cause


def test_what_is_told_can_be_written_and_read(tmp_path):
    failure = failure_of(tmp_path, f"x = '{'y' * 300}'\n1 / 0")
    assert failure.lines[0] == f"  1 x = '{'y' * 190}…"  # 200 signs
    half = replace(FIRST, lines=("> 1 a = '\ud800'",), cause="\ud800", parameters={"only": ["\ud800"]})
    told = half.hidden(Redactor())
    assert (told.lines, told.cause, told.parameters) == (("> 1 a = '?'",), "?", {"only": ["?"]})
    as_markdown([told]).encode()
    odd = replace(FIRST, cause="a\0b\x1b[2J\x07", lines=("> 1 x = '\x00\x9b'", "\ty"))
    assert (odd.hidden(Redactor()).cause, odd.hidden(Redactor()).lines) == ("ab[2J", ("> 1 x = ''", "\ty"))


def test_of_a_cell_whose_line_is_not_known_the_first_five_lines_are_shown(tmp_path):
    failure = failure_of(tmp_path, "import os\n" + "a = 1\n" * 8 + "os._exit(3)")
    assert failure.lines == ("  1 import os", "  2 a = 1", "  3 a = 1", "  4 a = 1", "  5 a = 1")


MAGIC = """from IPython.core.magic import register_cell_magic
@register_cell_magic
def sv(line, cell): pass
@register_cell_magic
def en(line, cell): pass"""


@pytest.mark.parametrize(("language", "section"), [("sv", "Läget i …"), ("en", "The state of things")])
def test_the_section_is_the_last_heading_of_the_briefing_s_language(tmp_path, language, section):
    path = tmp_path / "cells.ipynb"
    write_cells(
        path, MAGIC, "%%sv\n## Först\n\nText.\n\n### Läget i {b.name}", "%%en\n## First\n\n## The state of things",
        "1 / 0", "%%sv\n## Sist", "%%en\n## Last",
    )  # fmt: skip
    with pytest.raises(FailureError) as caught:
        execute(path, {"language": language}, f"demo SWE {language}", engine="fast")
    failure = caught.value.failure
    assert failure.section == section
    assert failure.where == f"cell 5 (cell-3), section “{section}”"
    assert str(caught.value).startswith(f"demo SWE {language} stopped in cell 5 (cell-3), section “{section}”: Zero")


def test_before_any_heading_the_section_is_the_beginning(tmp_path):
    assert failure_of(tmp_path, "1 / 0").section == "the beginning"


def test_parameters_and_edition_are_told(tmp_path):
    path = tmp_path / "cells.ipynb"
    write_cells(path, "1 / 0")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[
        0
    ].source = 'from datetime import date\nlanguage: str = "sv"\nedition: str = ""\nsince: date = date(2020, 1, 1)'
    notebook.cells.insert(0, new_markdown_cell("# Text", id="text"))
    nbformat.write(notebook, path)
    given = {"language": "en", "edition": "starter", "since": "2024-02-29"}
    with pytest.raises(FailureError) as caught:
        execute(path, given, "demo SWE en", engine="fast")
    failure = caught.value.failure
    assert failure.parameters == given
    assert failure.edition == "starter"
    assert failure.given == "language=en, edition=starter, since=2024-02-29"
    assert (failure.cell, failure.cell_id) == (3, "cell-0")  # the parameters that were put in are not counted
    assert caught.value.exit_code == 6


def test_the_message_has_the_place_the_lines_and_what_to_do():
    assert FIRST.message() == (
        "demo SWE sv stopped in cell 3 (text-sv), section “Läget <nu>”: the selection is empty (IndexError)\nand more\n"
        "      1 a = 1\n"
        "    > 2 a[0] & '<b>'\n"
        "Parameters country=SWE, language=sv, edition=starter. An earlier report of it is kept; "
        "the other briefings go on.\n"
        "Widen it."
    )
    assert SECOND.message() == "other FIN en: IntegrityError: a hash differs.\nFetch it again."
    assert FailureError(SECOND).exit_code == 5
    assert str(FailureError(FIRST)) == FIRST.message()


def test_markdown_has_a_section_for_each():
    assert as_markdown([FIRST, SECOND]) == (
        "# 2 briefings could not be built\n"
        "\n## demo SWE sv\n"
        "\nthe selection is empty (IndexError)\nand more\n"
        "\n- Where: cell 3 (text-sv), section “Läget <nu>”\n"
        "- Edition: starter\n- Parameters: country=SWE, language=sv, edition=starter\n"
        "\n```python\n  1 a = 1\n> 2 a[0] & '<b>'\n```\n"
        "\nTry this: Widen it.\n"
        "\n## other FIN en\n"
        "\nIntegrityError: a hash differs.\n"
        "\nTry this: Fetch it again.\n"
    )
    assert as_markdown([SECOND]).startswith("# 1 briefing could not be built\n")


def test_json_can_be_read_back():
    told = json.loads(as_text(as_json([FIRST, SECOND])))
    assert [one["briefing"] for one in told] == ["demo", "other"]
    assert (told[0]["cell"], told[0]["cell_id"], told[0]["exit_code"], told[1]["exit_code"]) == (3, "text-sv", 6, 5)
    assert told[0]["lines"] == ["  1 a = 1", "> 2 a[0] & '<b>'"]
    assert Failure.from_json(json.loads(json.dumps(asdict(FIRST)))) == FIRST
    assert "Läget" in as_text(as_json([FIRST]))


def test_junit_counts_cases_failures_and_those_that_were_fresh():
    text = as_junit([("demo FIN sv", 1.25), ("demo NOR sv", 0.5)], ["demo DNK sv"], [FIRST, SECOND])
    suite = ElementTree.fromstring(text)
    assert suite.tag == "testsuite"
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")} == {
        "name": "npr build", "tests": "5", "failures": "2", "errors": "0", "skipped": "1", "time": "1.75",
    }  # fmt: skip
    cases = suite.findall("testcase")
    assert [(one.get("classname"), one.get("name"), one.get("time")) for one in cases] == [
        ("demo", "demo FIN sv", "1.25"), ("demo", "demo NOR sv", "0.50"), ("demo", "demo DNK sv", "0.00"),
        ("demo", "demo SWE sv", "0.00"), ("other", "other FIN en", "0.00"),
    ]  # fmt: skip
    assert [[part.tag for part in one] for one in cases] == [[], [], ["skipped"], ["failure"], ["failure"]]
    told = cases[3].find("failure")
    assert told.get("message") == "the selection is empty (IndexError)"
    assert told.text == FIRST.message()


@pytest.mark.parametrize("one", ["\x00", "\x1b", "\x08", "\x0c", "\ud800", "\udfff", "\ufffe", "\uffff"])
def test_junit_leaves_out_what_xml_cannot_hold(one):
    failure = Failure("demo SWE sv", f"a{one}b", "å\t€\U0001d11e", 6)
    text = as_junit([], [], [failure])
    told = ElementTree.fromstring(text.encode()).find("testcase/failure")
    assert told.get("message") == "ab"
    assert told.text == "demo SWE sv: ab\nå\t€\U0001d11e"


def test_an_empty_build_is_still_a_suite():
    suite = ElementTree.fromstring(as_junit([], [], []))
    assert (suite.get("tests"), suite.get("failures"), len(suite)) == ("0", "0", 0)


def test_dates_in_parameters_are_told_as_text():
    failure = Failure("demo SWE sv", "x", "", 6, parameters={"since": date(2024, 2, 29)}, cell=1, cell_id="a")
    assert failure.given == "since=2024-02-29"
