"""The evidence of the project: carried over whole, well written, each thing where it belongs."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from npr.catalogue import load_catalogue
from npr.catalogue.evidence import Evidence, load_evidence
from npr.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "evidence"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load_evidence(ROOT, load_catalogue(ROOT))


def test_nothing_was_lost_on_the_way(evidence):
    counts = [len(evidence.facts), len(evidence.references), len(evidence.demands), len(evidence.terms)]
    assert counts == [227, 154, 57, 138]
    assert len(evidence.instruments) == 13
    assert list(evidence.demands) == [f"R-{number:02d}" for number in range(1, 58)]


def test_a_fact_knows_its_statement_value_and_publication(evidence):
    fact = evidence.fact("npr-de-4pct")
    assert "4 500 tyska företag" in fact.statement.sv
    assert "4,500 German businesses" in fact.statement.en
    assert (fact.value, fact.unit, fact.confidence) == (4, "percent of firms", "read")
    assert evidence.references[fact.reference].publisher == "OECD"


def test_a_fact_may_hold_several_numbers(evidence):
    assert evidence.fact("ind-cloud-size").value == {"small": 27, "medium": 39, "large": 55}
    assert evidence.fact("tb-money").value == [845_000_000, 2_305_000_000]


def test_the_conflict_about_the_day_of_the_conference_is_stated(evidence):
    assert evidence.fact("conf-dates-1617").conflicts_with == ("conf-dates-1718", "conf-dates-1718b")


def test_the_conflict_about_the_use_of_ai_in_2021_is_stated(evidence):
    assert evidence.fact("ind-scb-ai23").conflicts_with == ("ind-scb-ai",)


def test_an_unknown_fact_is_answered_with_the_nearest_one(evidence):
    with pytest.raises(UsageError, match=r"Unknown fact 'ind-clod'.*\n.*Did you mean 'ind-cloud'\?") as caught:
        evidence.fact("ind-clod")
    assert caught.value.exit_code == 2


def test_a_deadline_has_its_day_and_a_demand_its_own_words(evidence):
    repayment = evidence.demands["R-11"]
    assert (repayment.kind, repayment.force, repayment.last_day) == ("deadline", "shall", date(2017, 3, 31))
    assert repayment.words == "Ej förbrukade medel ska återbetalas till Kammarkollegiet senast den 31 mars 2017"
    assert repayment.demand.sv.startswith("Pengar som inte har använts")


def test_every_demand_is_said_in_a_whole_sentence_in_both_languages(evidence):
    for one in evidence.demands.values():
        assert all(text[0].isupper() and text.endswith(".") for text in (one.demand.sv, one.demand.en)), one.id


def test_the_number_of_the_bankgiro_account_is_nowhere(evidence):
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yml")]
    assert not [text for text in texts if re.search(r"\b\d{4}\s*[-–]\s*\d{4}\b", _without_spans(text))]
    assert "bankgirokonto" in evidence.demands["R-12"].words


def _without_spans(text: str) -> str:
    """Leave out spans of years ("2017–2020"), web addresses and days, which look alike."""
    return re.sub(r"\b(19|20)\d\d[-–](19|20)\d\d\b|https?://\S+", "", text)


def test_spans_in_statements_have_a_dash_and_not_a_hyphen(evidence):
    isbn = re.compile(r"978-[\d-]+")
    for fact in evidence.facts.values():
        for text in (fact.statement.sv, fact.statement.en):
            assert not re.search(r"\d-\d| - ", isbn.sub("", text)), fact.id


def test_an_isbn_keeps_its_hyphens(evidence):
    assert "978-92-64-27099-2" in evidence.fact("npr-bib").statement.sv


def test_swedish_statements_quote_in_the_swedish_way(evidence):
    assert not [one.id for one in evidence.facts.values() if re.search(r"['\"“]", one.statement.sv)]


def test_both_languages_of_a_statement_hold_the_same_numbers(evidence):
    """Numbers from 13 up, since smaller ones may be words in one language; months may be words too."""
    for fact in evidence.facts.values():
        assert _numbers(fact.statement.sv, " ", ",") == _numbers(fact.statement.en, ",", "."), fact.id


def _numbers(text: str, group: str, point: str) -> set[float]:
    text = re.sub(rf"(?<=\d){re.escape(group)}(?=\d{{3}}\b)", "", text)
    found = re.findall(rf"(?<![\w.-])\d+(?:{re.escape(point)}\d+)?(?!\d|-\d)", text)
    numbers = {float(one.replace(",", ".")) for one in found}
    return {one for one in numbers if one > 12}


@pytest.mark.parametrize(
    "path", [*sorted(FOLDER.rglob("facts/*.yml")), FOLDER / "references.yml"], ids=lambda p: p.stem
)
def test_entries_are_sorted_by_id(path):
    ids = [one["id"] for one in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)]
    assert ids == sorted(ids)


def test_every_publication_is_cited_by_a_fact(evidence):
    assert set(evidence.references) == {fact.reference for fact in evidence.facts.values()}
