"""Faulty evidence: every fault in one run, each with file, key, expected and found, and one fault stays one."""

from pathlib import Path

import pytest

from npr.catalogue.catalogue import Catalogue
from npr.catalogue.declarations import Briefing, Text, Theme
from npr.catalogue.evidence import load_evidence
from npr.errors import ContentError, Fault

FACTS = "facts/npr.yml"
FILES = {
    FACTS: """
- id: one
  kind: fact
  themes: [npr]
  statement: {sv: En sak., en: One thing.}
  value: 4
  unit: percent
  reference: report
  locator: chapter 1
  confidence: read
  source_kind: primary
- id: two
  kind: risk
  themes: [npr]
  statement: {sv: En annan sak., en: Another thing.}
  reference: report
  confidence: secondary
  source_kind: third_party
  conflicts_with: [one]
""",
    "references.yml": """
- id: report
  title: The report
  language: en
  publisher: OECD
  year: 2017
  url: https://example.org/report
""",
    "demands.yml": """
- id: R-01
  kind: deadline
  force: shall
  last_day: 2016-12-31
  section: Uppdraget
  words: under 2016
  demand: {sv: Konferensen hålls 2016., en: The conference is in 2016.}
  briefing: lage
""",
    "instruments.yml": """
- id: skills
  name: {sv: Kompetens, en: Skills}
  reach: breadth
  oecd: [one]
  sweden: [two]
  themes: [npr]
  advice: {sv: Utbilda., en: Train.}
  measures: {sv: Kurser., en: Courses.}
  effect: {sv: Okänd., en: Not known.}
""",
    "glossary.yml": """
- {sv: åtgärd, en: measure, origin: read, group: strategy}
""",
    "decision.txt": "Konferensen hålls under 2016.\nPå regeringens vä\nKopia till\nKammar-\nkollegiet\n",
    "decision.yml": """
title: {sv: Uppdrag, en: Assignment}
issuer: {sv: Regeringen, en: The Government}
gaps:
  - {id: GAP-1, missing: {sv: Datum saknas., en: There is no date.}}
breaks:
  - id: OCR-1
    where: {sv: Underskriften, en: The signature}
    words: På regeringens vä
    missing: {sv: Resten., en: The rest.}
copies:
  - {sv: Kammarkollegiet, en: Kammarkollegiet}
""",
    "timeline.yml": """
- id: held
  when: 2016-12-31
  lane: assignment
  label: {sv: Sista dag, en: Last day}
  source: R-01
""",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a workspace with a little sound evidence, free to be spoilt."""
    for name, text in FILES.items():
        path = tmp_path / "data" / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def catalogue() -> Catalogue:
    theme = Theme(id="npr", name=Text(sv="Revolution", en="Revolution"), description=Text(sv="-", en="-"))
    return _catalogue(theme)


def _catalogue(theme: Theme) -> Catalogue:
    text = Text(sv="Läget", en="Where we stand")
    briefing = Briefing(id="lage", notebook="lage.ipynb", title=text, description=text, indicators=(), peers=())
    return Catalogue({}, {}, {}, {}, {theme.id: theme}, {}, {"lage": briefing})


def spoil(home: Path, name: str, old: str, new: str) -> None:
    path = home / "data" / "evidence" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(home: Path, catalogue: Catalogue) -> list[Fault]:
    with pytest.raises(ContentError) as caught:
        load_evidence(home, catalogue)
    assert caught.value.exit_code == 3
    return caught.value.faults


def only_fault(home: Path, catalogue: Catalogue) -> tuple[str, str]:
    faults = faults_of(home, catalogue)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0].file.removeprefix("data/evidence/"), faults[0].key


def test_sound_evidence_is_read(home, catalogue):
    evidence = load_evidence(home, catalogue)
    assert evidence.fact("one").statement.sv == "En sak."
    assert [len(one) for one in (evidence.facts, evidence.references, evidence.demands, evidence.terms)] == [2, 1, 1, 1]


def test_planted_faults_are_reported_in_one_run(home, catalogue):
    spoil(home, FACTS, "kind: fact", "kind: fakt")  # 1 not in the closed list
    spoil(
        home, FACTS, "statement: {sv: En annan sak., en: Another thing.}", "statement: {en: Another.}"
    )  # 2 no Swedish
    spoil(home, FACTS, "  confidence: secondary", "  confidnce: secondary")  # 3 misspelt key
    spoil(home, "references.yml", "year: 2017", "year: '2017'")  # 4 wrong type
    spoil(home, "references.yml", "https://example.org", "example.org")  # 5 no address
    spoil(home, "demands.yml", "id: R-01", "id: R-1")  # 6 not the form of a demand
    spoil(home, "instruments.yml", "oecd: [one]", "oecd: [on]")  # 7 unknown fact
    spoil(home, "instruments.yml", "themes: [npr]", "themes: [nrp]")  # 8 unknown theme
    spoil(home, "glossary.yml", "origin: read", "origin: red")  # 9 not in the closed list
    found = {(fault.file.removeprefix("data/evidence/"), fault.key) for fault in faults_of(home, catalogue)}
    assert found == {
        (FACTS, "one.kind"),
        (FACTS, "two.statement.sv"),
        (FACTS, "two.confidnce"),
        ("references.yml", "report.year"),
        ("references.yml", "report.url"),
        ("demands.yml", "R-1.id"),
        ("instruments.yml", "skills.oecd[0]"),
        ("instruments.yml", "skills.themes[0]"),
        ("glossary.yml", "åtgärd.origin"),
        ("timeline.yml", "held.source"),  # of the demand that is R-1 now
    }


def test_an_unknown_reference_is_named_with_a_suggestion(home, catalogue):
    spoil(home, FACTS, "reference: report", "reference: reprt")
    [fault] = faults_of(home, catalogue)
    assert str(fault) == (
        "data/evidence/facts/npr.yml: one.reference: expected a known reference, found 'reprt'. Did you mean 'report'?"
    )


def test_a_conflict_with_no_fact_is_a_fault(home, catalogue):
    spoil(home, FACTS, "conflicts_with: [one]", "conflicts_with: [three]")
    assert only_fault(home, catalogue) == (FACTS, "two.conflicts_with[0]")


def test_the_same_id_in_two_files_is_a_fault_that_names_both(home, catalogue):
    other = FILES[FACTS].replace("themes: [npr]", "themes: [risker]").replace("id: two", "id: three")
    (home / "data/evidence/facts/risker.yml").write_text(other, encoding="utf-8")
    catalogue.themes["risker"] = catalogue.themes["npr"]
    [fault] = faults_of(home, catalogue)
    assert (fault.file, fault.key) == ("data/evidence/facts/risker.yml", "[0]")
    assert fault.found == "'one', also data/evidence/facts/npr.yml[0]"


def test_the_same_term_twice_is_a_fault(home, catalogue):
    spoil(home, "glossary.yml", FILES["glossary.yml"], FILES["glossary.yml"] * 2)
    assert only_fault(home, catalogue) == ("glossary.yml", "[1]")


def test_a_fact_stands_in_the_file_of_its_first_theme(home, catalogue):
    (home / "data/evidence" / FACTS).rename(home / "data/evidence/facts/risker.yml")
    faults = faults_of(home, catalogue)
    assert [fault.key for fault in faults] == ["one.themes[0]", "two.themes[0]"]
    assert faults[0].hint == "Move the fact to npr.yml, or mend its first theme."


@pytest.mark.parametrize("value", ["true", "{a: {b: [1, true]}}", "[null]"])
def test_a_value_is_made_of_numbers_and_texts(home, catalogue, value):
    spoil(home, FACTS, "value: 4", f"value: {value}")
    assert only_fault(home, catalogue) == (FACTS, "one.value")


def test_a_value_goes_with_its_unit(home, catalogue):
    spoil(home, FACTS, "  unit: percent\n", "")
    assert only_fault(home, catalogue) == (FACTS, "one.unit")


def test_a_deadline_without_its_day_is_a_fault(home, catalogue):
    spoil(home, "demands.yml", "  last_day: 2016-12-31\n", "")
    assert only_fault(home, catalogue) == ("demands.yml", "R-01.last_day")


def test_a_demand_belongs_to_a_briefing_that_there_is(home, catalogue):
    spoil(home, "demands.yml", "briefing: lage", "briefing: lege")
    assert only_fault(home, catalogue) == ("demands.yml", "R-01.briefing")


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("demands.yml", "words: under 2016", "words: under 2017", "R-01.words"),
        ("decision.yml", "words: På regeringens vä", "words: På regeringens vägnar", "OCR-1.words"),
        ("decision.yml", "- {sv: Kammarkollegiet,", "- {sv: Naturvårdsverket,", "copies[0]"),
    ],
)
def test_what_is_quoted_from_the_decision_stands_in_its_text(home, catalogue, name, old, new, key):
    spoil(home, name, old, new)
    assert only_fault(home, catalogue) == (name, key)


def test_the_text_of_the_decision_is_needed(home, catalogue):
    (home / "data" / "evidence" / "decision.txt").unlink()
    assert only_fault(home, catalogue) == ("decision.txt", "(file)")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("when: 2016-12-31", "when: 2016-12-30", "held.when"),  # R-01 gives the 31st
        ("source: R-01", "source: R-02", "held.source"),
        ("source: R-01", "source: one", "held.when"),  # the fact names no year
    ],
)
def test_an_event_has_its_day_from_its_source(home, catalogue, old, new, key):
    spoil(home, "timeline.yml", old, new)
    assert only_fault(home, catalogue) == ("timeline.yml", key)


def test_a_faulty_entry_is_one_fault_though_others_refer_to_it(home, catalogue):
    spoil(home, FACTS, "kind: fact", "kind: fakt")  # skills and two refer to the fact
    assert only_fault(home, catalogue) == (FACTS, "one.kind")


@pytest.mark.parametrize("name", ["references.yml", FACTS, "demands.yml"])
def test_a_file_that_cannot_be_read_is_one_fault(home, catalogue, name):
    spoil(home, name, "- id:", "- [id:")
    with_demand = _catalogue(catalogue.themes["npr"])
    file, key = only_fault(home, with_demand)
    assert file == name
    assert key.startswith("line ")


@pytest.mark.parametrize("name", ["references.yml", "glossary.yml", "instruments.yml"])
def test_a_missing_file_is_a_fault(home, catalogue, name):
    (home / "data/evidence" / name).unlink()
    assert only_fault(home, catalogue) == (name, "(file)")


def test_no_facts_at_all_are_a_fault(home, catalogue):
    (home / "data/evidence" / FACTS).unlink()
    assert only_fault(home, catalogue) == ("facts", "(folder)")


def test_a_file_of_another_kind_is_not_passed_over(home, catalogue):
    (home / "data/evidence/facts/risker.yaml").write_text("- id: three\n", encoding="utf-8")
    assert only_fault(home, catalogue) == ("facts/risker.yaml", "(file)")


def test_a_mapping_where_a_list_belongs_is_a_fault(home, catalogue):
    spoil(home, "glossary.yml", FILES["glossary.yml"], "sv: åtgärd\n")
    assert only_fault(home, catalogue) == ("glossary.yml", "(file)")
