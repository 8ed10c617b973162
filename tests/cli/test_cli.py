"""The command line: what it prints where, and what it ends with."""

import io
import json
import sys
from pathlib import Path

import pytest

from npr import cli
from npr.cli.app import bar
from npr.factory.targets import choose_targets

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDS = [
    {"text": "35,0\u00a0procent", "value": 35.04, "unit": "PT_ENT", "indicator": "ai_all", "area": "SWE", "year": 2025,
     "vintage": "6c1f" * 16, "publisher": "Eurostat", "where": "Sammanfattning"},
    {"text": "20,2\u00a0procent", "value": 20.2, "unit": "PT_ENT", "indicator": "ai_all", "area": "OECD", "year": 2025,
     "vintage": "6c1f" * 16, "publisher": "Eurostat", "where": "Sammanfattning", "how": "mean"},
]  # fmt: skip


@pytest.fixture
def npr(monkeypatch, capsys):
    """Run the command line in this process; give its exit code and what it printed."""
    monkeypatch.setenv("NPR_HOME", str(REPOSITORY))
    monkeypatch.setenv("NPR_DEBUG", "")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["npr", *words])
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        else:
            code = 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    trace = json.dumps(RECORDS, ensure_ascii=False)
    path.write_text(f'<!DOCTYPE html>\n<script type="application/json" id="npr-trace">{trace}</script></html>', "utf-8")
    return path


def test_help_names_every_command(npr):
    code, out, _ = npr("--help")
    assert code == 0
    assert all(word in out for word in ("build", "status", "trace", "check"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["biuld"], "Did you mean 'build'?"),
        (["build", "--contry", "NOR"], "--country"),
        (["build", "--jobs", "0"], "--jobs"),
        (["--home", "/nowhere", "status"], "not a workspace"),
        (["build", "--country", "SWE", "--param", "country=NOR"], "The country is given twice"),
        (["trace", "no-such-page.html"], "No such file"),
        (["trace", str(REPOSITORY / "pyproject.toml")], "holds no trace"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_message(npr, words, told):
    code, out, err = npr(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_debug_adds_the_traceback_and_keeps_the_code(npr):
    code, _, err = npr("--debug", "build", "--param", "contry=NOR")
    assert code == 2
    assert "Traceback" in err
    assert err.rstrip().endswith("Did you mean 'country'?")


def test_a_fault_of_ours_is_one_line_and_how_to_see_more(npr, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("npr.workspace.find_workspace", broken)
    code, out, err = npr("status")
    assert (code, out) == (1, "")
    assert err.startswith("A fault of npr itself: ZeroDivisionError: division by zero.\n")
    assert "--debug" in err
    assert "Traceback" not in err


def test_an_interrupt_ends_with_130(npr, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("npr.workspace.find_workspace", interrupted)
    code, _, err = npr("status")
    assert code == 130
    assert "Interrupted" in err


def test_trace_prints_one_json_document_and_filters_by_the_printed_number(npr, page):
    code, out, err = npr("trace", str(page), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == RECORDS
    # A plain space stands for the no-break space of the page.
    code, out, _ = npr("trace", str(page), "35,0 procent", "--json")
    assert [one["text"] for one in json.loads(out)] == ["35,0\u00a0procent"]
    code, out, _ = npr("trace", str(page), "20,2")
    assert "OECD 2025 (mean), Eurostat" in out
    assert "35,0" not in out
    assert npr("trace", str(page), "99")[0] == 2


def test_a_cut_page_is_damage(npr, page):
    page.write_text(page.read_text("utf-8")[:120], "utf-8")
    assert npr("trace", str(page))[0] == 5


def test_status_prints_one_json_document(npr):
    code, out, err = npr("status", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    starter = next(one for one in told["editions"] if one["edition"] == "starter")
    assert len(starter["vintages"]) == 47
    assert starter["age_days"] >= 0
    assert {one["state"].partition(":")[0] for one in told["briefings"]} <= {"fresh", "stale", "not built"}


def test_parameters_given_twice_with_the_same_word_are_one_target():
    from npr.catalogue import load_catalogue

    catalogue, twice = load_catalogue(REPOSITORY), ["SWE", "FIN", "SWE"]
    targets = choose_targets(REPOSITORY, catalogue, ["industri40"] * 2, twice, ["sv"], ["html"] * 2, None, [])
    assert [(one.country, one.language, one.formats) for one in targets.targets] == [
        ("SWE", "sv", ("html",)),
        ("FIN", "sv", ("html",)),
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_counts_what_is_done_and_names_what_was_done_last(monkeypatch):
    told = Terminal()
    monkeypatch.setattr(sys, "stderr", told)
    noted = bar()
    noted(0, 2, "")
    noted(1, 2, "industri40 SWE sv  3.0 s")
    noted(2, 2, "industri40 SWE en  3.1 s")
    shown = told.getvalue()
    assert shown.index("0/2") < shown.index("1/2") < shown.index("2/2")
    assert shown.index("industri40 SWE sv") < shown.index("industri40 SWE en")


def test_scenarios_are_printed_for_a_country(npr):
    code, out, _ = npr("scenarios", "bred-oppen", "--country", "FIN")
    assert code == 0
    assert "\nFIN\n" in out
    assert "bred-oppen" in out
    assert "smal-delad" not in out


def test_scenarios_are_exported_for_all_members_and_give_json_for_one(npr, tmp_path):
    code, out, err = npr("scenarios", "--export", str(tmp_path / "x.csv"))
    lines = (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()
    assert (code, out) == (0, "")
    assert f"{len(lines) - 1} rows in" in err
    assert len({line.split(",")[2] for line in lines[1:]}) == 38
    code, out, _ = npr("scenarios", "bred-oppen", "--country", "SWE", "--json")
    assert {row["scenario"] for row in json.loads(out)} == {"observed", "bred-oppen"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["scenarios", "bred-opp"], "Did you mean 'bred-oppen'?"),
        (["scenarios", "--country", "SE"], "Did you mean 'SWE'?"),
        (["scenarios", "--country", "OECD"], "not a country"),
        (["scenarios", "--horizon", "40"], "expected 1 to 20 years, found 40"),
        (["scenarios", "--set", "produktoin"], "Did you mean 'produktion'?"),
        (["scenarios", "--export", "x.ods"], "expected a file named .csv or .xlsx"),
        (["backtest", "--country", "SW"], "Unknown country"),
    ],
)
def test_what_cannot_be_run_ahead_ends_with_2_and_says_what_to_do(npr, words, told):
    code, out, err = npr(*words)
    assert (code, out) == (2, "")
    assert told in err


def test_the_back_test_is_printed_as_a_table_and_as_json(npr):
    code, out, _ = npr("backtest")
    assert code == 0
    assert "| slow | 10 | level_pooled |" in out
    code, out, _ = npr("backtest", "--country", "SWE", "--json")
    assert code == 0
    assert {row["class"] for row in json.loads(out)} == {"slow", "diffusion"}
