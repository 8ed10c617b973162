"""Every notebook, run for several countries in both languages: parity, length, figures, whose measures are shown."""

import re
from functools import cache

import pytest

from notebook_running import Run, run_notebook
from npr.briefing.display import plain
from npr.indicators.knowledge import KnowledgeBase, open_knowledge_base

BRIEFINGS = ("industri40", "landprofil", "oversikt", "scenarier", "statens-roll", "testbadd", "uppdraget")
FEW_DATA = ("CRI", "COL", "ISL")


@cache
def _base(home) -> KnowledgeBase:
    return open_knowledge_base(home, "starter")


@cache
def _run(home, briefing: str, country: str, language: str) -> Run:
    return run_notebook(_base(home), briefing, country, language)


@pytest.fixture
def run(home):
    return lambda briefing, country, language: _run(home, briefing, country, language)


def test_these_are_all_the_briefings(home):
    assert tuple(sorted(_base(home).catalogue.briefings)) == BRIEFINGS


@pytest.mark.parametrize("country", ["SWE", "CRI"])
@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_both_languages_show_the_same_in_the_same_order(run, briefing, country):
    swedish, english = (run(briefing, country, language) for language in ("sv", "en"))
    assert [kind for kind, _ in swedish.shown] == [kind for kind, _ in english.shown]
    assert swedish.records == english.records
    assert len(swedish.records) > 5
    assert swedish.claims == english.claims
    for kind in ("figure", "table"):
        assert [one["id"] for one in swedish.of(kind)] == [one["id"] for one in english.of(kind)]
    for left, right in zip(swedish.of("prose"), english.of("prose"), strict=True):
        assert left["role"] == right["role"]
        assert _marks(left["markdown"]) == _marks(right["markdown"])
    assert swedish.session.cited == english.session.cited


def _marks(markdown: str) -> list[str]:
    """Give the numbers and citations of a text, in order, and the level of its headings."""
    return re.findall(r"\[\[[vc]:\d+\]\]|^#+", markdown, flags=re.MULTILINE)


@pytest.mark.parametrize("country", FEW_DATA)
@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_a_country_with_little_data_has_whole_briefings_and_no_empty_figure(run, briefing, country):
    shown = run(briefing, country, "sv")
    assert any(one["role"] == "title" for one in shown.of("prose"))
    assert len(shown.of("figure")) >= (2 if briefing == "uppdraget" else 4)
    for figure in shown.of("figure"):
        assert figure["data"]["rows"], figure["id"]
        assert figure["alt"]
    for one in shown.of("prose"):
        assert not re.search(r"\bnan\b|None", plain(one["markdown"], one["values"]))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_the_texts_are_as_long_as_they_should_be_and_have_their_figures(run, briefing, language):
    shown = run(briefing, "SWE", language)
    texts = [plain(one["markdown"], one["values"]) for one in shown.of("prose")]
    closing = next(
        at for at, text in enumerate(texts) if text in ("## Så är underlaget gjort", "## How this briefing was made")
    )
    count = sum(len(text.split()) for text in texts[:closing])
    least, most = (700, 1300) if briefing == "oversikt" else (900, 1800)
    assert least <= count <= most
    figures = len(shown.of("figure"))
    assert figures == 2 if briefing == "uppdraget" else 4 <= figures <= 8


@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_every_briefing_has_summary_references_and_limits(run, briefing):
    shown = run(briefing, "SWE", "sv")
    roles = [one["role"] for one in shown.of("prose")]
    assert roles.count("title") == 1
    assert 3 <= sum(role == "summary" for role in roles) <= 6
    assert len(shown.of("references")[0]["items"]) >= 2
    headings = " ".join(re.findall(r"(?m)^## .*$", "\n".join(one["markdown"] for one in shown.of("prose"))))
    assert re.search("inte kan säga", headings)


@pytest.mark.parametrize("briefing", [one for one in BRIEFINGS if one != "uppdraget"])
def test_no_other_country_is_shown_what_sweden_has_paid_for(run, home, briefing):
    facts = _base(home).evidence.facts
    swedish = {name for name, fact in facts.items() if "SEK" in str(fact.unit)}
    assert len(swedish) > 10
    cited = {one for names in run(briefing, "CRI", "sv").session.cited.values() for one in names}
    assert not cited & swedish
    if briefing == "statens-roll":
        instruments = _base(home).evidence.instruments.values()
        assert not cited & {fact for one in instruments for fact in one.sweden}
        own = {one for names in run(briefing, "SWE", "sv").session.cited.values() for one in names}
        assert len(own & swedish) > 3


def test_the_overview_prints_no_number_that_its_sources_do_not(run):
    overview = run("oversikt", "SWE", "sv")
    others = {record for one in BRIEFINGS if one != "oversikt" for record in run(one, "SWE", "sv").records}
    taken = [record for record in overview.records if record in others]
    assert len(taken) > 30
    own = [record for record in overview.records if record not in others]
    # Its title and figures name years and levels that the others print as well.
    assert own == []


def test_references_are_numbered_in_the_order_in_which_a_reader_meets_them(run):
    for briefing in BRIEFINGS:
        texts = [payload for _, payload in run(briefing, "SWE", "sv").shown]
        met = [int(number) for text in texts for number in re.findall(r"\[\[c:(\d+)\]\]", str(text))]
        first = list(dict.fromkeys(met))
        assert first == sorted(first), briefing


def test_the_seven_demands_are_answered_where_they_should_be(run):
    where = {
        "R-23": "oversikt", "R-26": "statens-roll", "R-41": "oversikt", "R-50": "industri40", "R-51": "testbadd",
        "R-53": "scenarier", "R-54": "statens-roll",
    }  # fmt: skip
    for demand, briefing in where.items():
        assert demand in run(briefing, "SWE", "sv").session.answered


def test_the_matrix_shows_every_demand_with_its_section(run):
    matrix = next(one for one in run("uppdraget", "SWE", "sv").of("table") if one["id"] == "matrix")
    rows = matrix["table"]["rows"]
    assert [row[0] for row in rows] == [f"R-{number:02d}" for number in range(1, 58)]
    assert ".." not in [row[3] for row in rows]
    state = next(row for row in rows if row[0] == "R-26")
    assert state[3].startswith("[Hur staten kan agera](briefing:statens-roll.sv): Vad OECD råder staten att göra")


def test_the_bankgiro_number_is_in_no_briefing(run):
    texts = [str(payload) for _, payload in run("uppdraget", "SWE", "sv").shown]
    assert not [text for text in texts if re.search(r"\b5052\b", text)]
