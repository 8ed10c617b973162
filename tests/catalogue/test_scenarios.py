"""Sets of scenarios: a sound one is read as it stands, and each fault is told with file, key, expected and found."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from npr.catalogue import load_catalogue
from npr.catalogue.evidence import load_evidence
from npr.catalogue.faults import validate
from npr.catalogue.scenario_rules import set_faults
from npr.catalogue.scenarios import PROBABILITY_WORDS, ScenarioSet
from npr.errors import ContentError, Fault, UsageError
from npr.factory.check import check_workspace

ROOT = Path(__file__).resolve().parents[2]
FILE = "data/catalogue/scenarios/prov.yml"
NO_PROBABILITIES = "Scenarios carry no probabilities; only the baseline does."
SPECIMEN = """
id: prov
title: {sv: Prov, en: Trial}
horizon: {end: 2040, report_years: [2030, 2035, 2040]}
ensemble: {draws: 10000, seed: 0}
indicators:
  gerd: {class: slow, transform: log}
  ai_all:
    class: diffusion
    transform: logit
    shown: false
    ceiling:
      low: 70
      mode: 85.5
      high: 100.0
      rationale: {sv: Alla behöver det inte., en: Not everybody needs it.}
      own: true
baseline: {method: level_pooled}
axes:
  - id: pace
    name: {sv: Takt, en: Pace}
    low: {sv: Långsam, en: Slow}
    high: {sv: Snabb, en: Fast}
    rationale: {sv: Takten är okänd., en: The pace is unknown.}
    own: true
scenarios:
  - id: lead
    title: {sv: Först, en: First}
    axes: {pace: high}
    narrative: {sv: Det går fort., en: It goes fast.}
    assumptions:
      - id: more_research
        label: {sv: Mer forskning, en: More research}
        indicator: gerd
        areas: [focus]
        driver: drift
        op: add
        unit: per_cent_a_year
        range: {low: 0.5, mode: 1, high: 1.5}
        start: 2027
        ramp: 3
        rationale: {sv: Som i Finland., en: As in Finland.}
        evidence: [robots_count]
      - id: lower_ceiling
        label: {sv: Lägre tak, en: Lower ceiling}
        indicator: ai_all
        areas: [SWE, FIN]
        driver: ceiling
        op: multiply
        unit: times
        range: {low: 0.8, mode: 0.9, high: 1}
        start: 2028
        ramp: 0
        rationale: {sv: Egen läsning., en: A reading of our own.}
        evidence: [robots_count]
        own: true
  - id: late
    title: {sv: Sist, en: Last}
    axes: {pace: low}
    narrative: {sv: Det går trögt., en: It goes slowly.}
    assumptions: []
shocks:
  - id: crisis
    title: {sv: Kris, en: Crisis}
    narrative: {sv: Världshandeln faller., en: World trade falls.}
    assumptions:
      - id: fall
        label: {sv: Fall, en: Fall}
        indicator: gerd
        areas: [all]
        driver: level
        op: add
        unit: per_cent
        range: {low: -10, mode: -5, high: -1}
        start: 2030
        ramp: 1
        rationale: {sv: Som 2009., en: As in 2009.}
        own: true
targets:
  - id: four
    title: {sv: Fyra procent, en: Four per cent}
    indicator: gerd
    areas: [focus]
    year: 2035
    op: '>='
    value: 4
    rationale: {sv: Ett exempel., en: An example.}
    example: true
signposts:
  - id: early
    indicator: gerd
    separates: [lead, late]
    reading: {sv: Stiger den talar det för det första., en: A rise speaks for the first.}
"""
FACTS = """
- id: robots_count
  kind: fact
  themes: [npr]
  statement: {sv: En sak., en: One thing.}
  reference: report
  confidence: read
  source_kind: primary
"""
FIRST, SECOND = "scenarios[0].assumptions[0]", "scenarios[0].assumptions[1]"
CEILING = "indicators.ai_all.ceiling"
Plant = Callable[..., Path]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace with the project's catalogue and evidence, and no set of scenarios."""
    home = tmp_path_factory.mktemp("workspace")
    for name in ("catalogue", "evidence"):
        shutil.copytree(ROOT / "data" / name, home / "data" / name)
    shutil.rmtree(home / "data" / "catalogue" / "scenarios", ignore_errors=True)
    fact = home / "data" / "evidence" / "facts" / "npr.yml"
    source = yaml.safe_load((home / "data" / "evidence" / "references.yml").read_text(encoding="utf-8"))[0]["id"]
    added = FACTS.replace("reference: report", f"reference: {source}")
    fact.write_text(fact.read_text(encoding="utf-8").rstrip() + "\n" + added.lstrip(), encoding="utf-8")
    return home


@pytest.fixture
def plant(workspace: Path) -> Plant:
    """Write the specimen into the workspace with some keys changed: each change is (path of the key, new value)."""
    folder = workspace / "data" / "catalogue" / "scenarios"
    shutil.rmtree(folder, ignore_errors=True)

    def write(*changes: tuple[str, Any]) -> Path:
        content = yaml.safe_load(SPECIMEN)
        for path, value in changes:
            change(content, path, value)
        folder.mkdir(exist_ok=True)
        (folder / "prov.yml").write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
        return workspace

    return write


GONE = object()


def steps(path: str) -> list[str | int]:
    return [int(one) if one.isdigit() else one for one in re.findall(r"[^.\[\]]+", path)]


def change(content: Any, path: str, value: Any) -> None:
    """Set a key, take it away (GONE), or append to a list (a place one past its end)."""
    *parents, last = steps(path)
    for part in parents:
        content = content[part]
    if value is GONE:
        del content[last]
    elif isinstance(content, list) and last == len(content):
        content.append(value)
    else:
        content[last] = value


def part(path: str) -> Any:
    """Give a part of the specimen."""
    content = yaml.safe_load(SPECIMEN)
    for one in steps(path):
        content = content[one]
    return content


def faults_of(home: Path) -> list[Fault]:
    with pytest.raises(ContentError) as caught:
        load_catalogue(home)
    return caught.value.faults


def told(home: Path) -> list[tuple[str, str, str, str]]:
    faults = faults_of(home)
    assert {fault.file for fault in faults} == {FILE}
    return [(fault.key, fault.expected, fault.found, fault.hint) for fault in faults]


# A sound set --------------------------------------------------------------------------------------------------------


def test_a_sound_set_is_read_with_its_types(plant: Plant) -> None:
    one = load_catalogue(plant()).scenario_set("prov")
    assert one.title["sv"] == "Prov"
    assert (one.horizon.end, one.horizon.report_years) == (2040, (2030, 2035, 2040))
    assert (one.ensemble.draws, one.ensemble.seed) == (10000, 0)
    gerd, ai = one.indicators["gerd"], one.indicators["ai_all"]
    assert (gerd.kind, gerd.transform, gerd.ceiling, gerd.shown) == ("slow", "log", None, True)
    assert (ai.kind, ai.transform, ai.shown) == ("diffusion", "logit", False)
    assert ai.ceiling is not None
    assert (ai.ceiling.low, ai.ceiling.mode, ai.ceiling.high, ai.ceiling.own) == (70.0, 85.5, 100.0, True)
    assert one.baseline.method == "level_pooled"
    assert one.axes[0].high.en == "Fast"
    lead, late = one.scenarios
    assert (lead.axes, late.axes, late.assumptions) == ({"pace": "high"}, {"pace": "low"}, ())
    first, second = lead.assumptions
    assert (first.indicator, first.areas, first.driver, first.op) == ("gerd", ("focus",), "drift", "add")
    assert (first.unit, first.start, first.ramp) == ("per_cent_a_year", 2027, 3)
    assert (first.range.low, first.range.mode, first.range.high) == (0.5, 1.0, 1.5)
    assert (first.evidence, first.own, second.own) == (("robots_count",), False, True)
    assert one.shocks[0].assumptions[0].areas == ("all",)
    target = one.targets[0]
    assert (target.op, target.value, target.year, target.example) == (">=", 4.0, 2035, True)
    assert one.signposts[0].separates == ("lead", "late")


def test_the_citations_of_a_sound_set_lead_to_facts(plant: Plant) -> None:
    home = plant()
    assert "robots_count" in load_evidence(home, load_catalogue(home)).facts


def test_a_workspace_without_sets_is_in_order(plant: Plant, workspace: Path) -> None:
    assert load_catalogue(workspace).scenarios == {}
    (workspace / "data" / "catalogue" / "scenarios").mkdir()
    catalogue = load_catalogue(workspace)
    assert catalogue.scenarios == {}
    assert load_evidence(workspace, catalogue).facts


def test_only_what_must_be_there_must_be_there(plant: Plant) -> None:
    gone = [(name, GONE) for name in ("shocks", "targets", "signposts")]
    one = load_catalogue(plant(*gone, ("scenarios", []), ("axes", []))).scenario_set("prov")
    assert (one.axes, one.scenarios, one.shocks, one.targets, one.signposts) == ((), (), (), (), ())


def test_without_axes_scenarios_need_no_combination(plant: Plant) -> None:
    home = plant(("axes", []), ("scenarios[0].axes", {}), ("scenarios[1].axes", {}))
    assert len(load_catalogue(home).scenario_set("prov").scenarios) == 2


def test_a_range_may_be_one_number_and_the_last_year_is_within_the_horizon(plant: Plant) -> None:
    one_number = {"low": 1, "mode": 1, "high": 1}
    home = plant((f"{FIRST}.range", one_number), (f"{FIRST}.start", 2040), ("targets[0].year", 2040))
    assert load_catalogue(home).scenario_set("prov").scenarios[0].assumptions[0].range.high == 1.0


def test_an_unknown_set_is_answered_with_the_nearest_one(plant: Plant) -> None:
    catalogue = load_catalogue(plant())
    with pytest.raises(UsageError, match="Unknown scenario set 'prv'") as refused:
        catalogue.scenario_set("prv")
    assert (refused.value.exit_code, refused.value.todo) == (2, "Did you mean 'prov'?")
    with pytest.raises(UsageError, match="The sets are the files in data/catalogue/scenarios"):
        catalogue.scenario_set("xyzzy")


@pytest.mark.parametrize(
    ("driver", "op", "unit"),
    [
        ("drift", "add", "per_cent_a_year"),
        ("level", "add", "unit"),
        ("level", "add", "per_cent"),
        ("spread", "multiply", "times"),
    ],
)
def test_each_way_to_move_the_baseline_is_taken(plant: Plant, driver: str, op: str, unit: str) -> None:
    home = plant((f"{FIRST}.driver", driver), (f"{FIRST}.op", op), (f"{FIRST}.unit", unit))
    assert load_catalogue(home).scenario_set("prov").scenarios[0].assumptions[0].unit == unit


# One fault ----------------------------------------------------------------------------------------------------------

UNTIL = "a year of at most 2040, the end of the horizon"
OWN = "a citation in evidence, or own: true"
AREA = "an area of the catalogue, focus or all"


def row(path: str, value: Any, expected: str, found: str, hint: str = "", key: str = "") -> tuple[Any, ...]:
    """Give what is changed, and the fault that this makes; its key is the changed one when no other is named."""
    return path, value, (key or path, expected, found, hint)


FAULTS = (
    # Names and places
    row("id", "annat", "'prov', as the file is named", "'annat'", "Name the file annat.yml, or mend the id."),
    row("titel", {}, "a known key", "'titel'", "Did you mean 'title'?"),
    row("indicators.gerd.kind", "slow", "a known key", "'kind'"),
    row(
        "indicators.gerdd",
        {"class": "slow", "transform": "log"},
        "an indicator of the catalogue",
        "'gerdd'",
        "Did you mean 'gerd'?",
    ),
    # Horizon, ensemble and baseline
    row("horizon.report_years", [2030, 2045], UNTIL, "2045", "", "horizon.report_years[1]"),
    row("horizon.report_years", [2035, 2035], "a year after 2035", "2035", "", "horizon.report_years[1]"),
    row("horizon.report_years", [], "at least one entry", "none"),
    row("horizon.report_years", ["2030"], "a whole number", "'2030'", "", "horizon.report_years[0]"),
    row("ensemble.draws", 999, "a number of at least 1000", "999"),
    row("ensemble.draws", 100001, "a number of at most 100000", "100001"),
    row("ensemble.seed", -1, "a number of at least 0", "-1"),
    row("baseline.method", "level_poled", "one of level_pooled", "'level_poled'", "Did you mean 'level_pooled'?"),
    # Ceilings
    row(f"{CEILING}.mode", GONE, "the key 'mode'", "nothing"),
    row(f"{CEILING}.mode", 60, "at most the mode, 60", "70", "", f"{CEILING}.low"),
    row(f"{CEILING}.high", 80, "at most the high, 80", "85.5", "", f"{CEILING}.mode"),
    row(f"{CEILING}.low", 0, "a number of more than 0.0", "0"),
    row(f"{CEILING}.own", GONE, OWN, "neither", "", f"{CEILING}.evidence"),
    row(CEILING, None, "a ceiling, which logit needs", "nothing"),
    row(CEILING, GONE, "a ceiling, which logit needs", "nothing"),
    # Axes and scenarios
    row("axes", GONE, "the key 'axes'", "nothing"),
    row("axes[0].own", GONE, OWN, "neither", "", "axes[0].evidence"),
    row("scenarios[0].axes.pace", "hgih", "one of low, high", "'hgih'", "Did you mean 'high'?"),
    row(
        "scenarios[0].axes",
        {"pcae": "high"},
        "one of the axes pace",
        "'pcae'",
        "Did you mean 'pace'?",
        "scenarios[0].axes.pcae",
    ),
    row("scenarios[0].axes.mood", "low", "one of the axes pace", "'mood'"),
    row(
        "scenarios[0].axes",
        {},
        "low or high, since each scenario stands somewhere on each axis",
        "nothing",
        "",
        "scenarios[0].axes.pace",
    ),
    row(
        "scenarios[1].axes.pace",
        "high",
        "a combination that no other scenario has",
        "that of scenarios[0]",
        "",
        "scenarios[1].axes",
    ),
    # Assumptions
    row(f"{FIRST}.range.low", 1.2, "at most the mode, 1", "1.2"),
    row(f"{FIRST}.range.mode", False, "a number", "false"),
    row(f"{FIRST}.range.mode", 2, "at most the high, 1.5", "2"),
    row(f"{FIRST}.rationale", GONE, "the key 'rationale'", "nothing"),
    row(f"{FIRST}.evidence", GONE, OWN, "neither"),
    row(f"{FIRST}.evidence", [], OWN, "neither"),
    row(f"{FIRST}.evidence", "robots_count", "a list", "'robots_count'"),
    row(f"{FIRST}.areas", [], "at least one entry", "none"),
    row(f"{FIRST}.areas", ["focus", "SWD"], AREA, "'SWD'", "Did you mean 'SWE'?", f"{FIRST}.areas[1]"),
    row(f"{FIRST}.areas", ["fokus"], AREA, "'fokus'", "Did you mean 'focus'?", f"{FIRST}.areas[0]"),
    row(f"{FIRST}.areas", ["OECD"], "a country", "the aggregate 'OECD'", "", f"{FIRST}.areas[0]"),
    row(f"{FIRST}.areas", ["SWE", "SWE"], "each area once", "'SWE'", "", f"{FIRST}.areas[1]"),
    row(f"{FIRST}.areas", [3], "text", "3", "", f"{FIRST}.areas[0]"),
    row(f"{FIRST}.indicator", "gedr", "an indicator of the set", "'gedr'", "Did you mean 'gerd'?"),
    row(
        f"{FIRST}.indicator",
        "berd",
        "an indicator of the set",
        "'berd'",
        "Declare it under indicators, or choose one that is there.",
    ),
    row(f"{FIRST}.start", 2041, UNTIL, "2041"),
    row(f"{FIRST}.start", 2027.5, "a whole number", "2027.5"),
    row(f"{FIRST}.ramp", -1, "a number of at least 0", "-1"),
    row(
        f"{FIRST}.id",
        "fall",
        "each assumption once",
        "'fall' again, first at scenarios[0].assumptions[0]",
        "",
        "shocks[0].assumptions[0].id",
    ),
    row(f"{FIRST}.driver", "drfit", "one of drift, level, ceiling, spread", "'drfit'", "Did you mean 'drift'?"),
    row(f"{FIRST}.op", "multiply", "add, for a drift", "'multiply'"),
    row(f"{FIRST}.unit", "per_cent", "per_cent_a_year, for a drift", "'per_cent'"),
    row(f"{FIRST}.driver", "level", "unit or per_cent, for a level", "'per_cent_a_year'", "", f"{FIRST}.unit"),
    row(f"{FIRST}.range.low", -100, "a number of more than -100", "-100"),
    row(f"{SECOND}.op", "add", "multiply, for a ceiling", "'add'"),
    row(f"{SECOND}.unit", "unit", "times, for a ceiling", "'unit'"),
    row(f"{SECOND}.range.low", 0, "a number of more than 0", "0"),
    row(f"{SECOND}.range.high", 1.1, "at most 1, the declared ceiling itself", "1.1"),
    row(
        f"{SECOND}.indicator",
        "gerd",
        "drift, level or spread, for an indicator without a ceiling",
        "'ceiling'",
        "",
        f"{SECOND}.driver",
    ),
    # Shocks, targets and signposts
    row("shocks[0].assumptions", [], "at least one entry", "none"),
    row("shocks[0].assumptions[0].own", GONE, OWN, "neither", "", "shocks[0].assumptions[0].evidence"),
    row("shocks[0].id", "lead", "each scenario or shock once", "'lead' again, first at scenarios[0]"),
    row("targets[0].year", 2041, UNTIL, "2041"),
    row("targets[0].op", ">", "one of >=, <=", "'>'", "Did you mean '>='?"),
    row("targets[0].example", GONE, "a citation in evidence, or example: true", "neither", "", "targets[0].evidence"),
    row("targets[0].own", True, "a known key", "'own'"),
    row("targets[0].areas", ["SWD"], AREA, "'SWD'", "Did you mean 'SWE'?", "targets[0].areas[0]"),
    row("targets[0].indicator", "gedr", "an indicator of the set", "'gedr'", "Did you mean 'gerd'?"),
    row("signposts[0].indicator", "gedr", "an indicator of the set", "'gedr'", "Did you mean 'gerd'?"),
    row(
        "signposts[0].separates",
        ["leed", "late"],
        "a scenario of the set",
        "'leed'",
        "Did you mean 'lead'?",
        "signposts[0].separates[0]",
    ),
    row(
        "signposts[0].separates",
        ["crisis", "late"],
        "a scenario of the set",
        "'crisis'",
        "",
        "signposts[0].separates[0]",
    ),
    row("signposts[0].separates", ["lead"], "two different scenarios", "1"),
    row("signposts[0].separates", ["lead", "lead"], "two different scenarios", "the same twice"),
)


@pytest.mark.parametrize(("path", "value", "fault"), FAULTS)
def test_a_fault_is_told_once_and_in_plain_words(plant: Plant, path: str, value: Any, fault: tuple[str, ...]) -> None:
    assert told(plant((path, value))) == [fault]


@pytest.mark.parametrize(
    ("kind", "word"),
    [("axes", "axis"), ("scenarios", "scenario or shock"), ("targets", "target"), ("signposts", "signpost")],
)
def test_an_id_declared_twice_is_named_with_both_places(plant: Plant, kind: str, word: str) -> None:
    at, again = len(part(kind)), part(f"{kind}[0]")
    if kind == "scenarios":
        again["assumptions"] = []
    name = again["id"]
    faults = told(plant((f"{kind}[{at}]", again)))
    assert faults[0] == (f"{kind}[{at}].id", f"each {word} once", f"'{name}' again, first at {kind}[0]", "")


def test_a_third_axis_is_one_too_many(plant: Plant) -> None:
    axes = [part("axes[0]") | {"id": name} for name in ("pace", "reach", "trust")]
    ends = [{"pace": one, "reach": "low", "trust": "low"} for one in ("high", "low")]
    home = plant(("axes", axes), ("scenarios[0].axes", ends[0]), ("scenarios[1].axes", ends[1]))
    assert told(home) == [("axes", "at most 2", "3", "")]


def test_a_fifth_scenario_is_one_too_many(plant: Plant) -> None:
    names = ("lead", "late", "third", "fourth", "fifth")
    scenarios = [part("scenarios[1]") | {"id": name, "axes": {}} for name in names]
    assert told(plant(("axes", []), ("scenarios", scenarios))) == [("scenarios", "at most 4", "5", "")]
    assert load_catalogue(plant(("axes", []), ("scenarios", scenarios[:4]))).scenario_set("prov")


def test_a_set_has_an_indicator(plant: Plant) -> None:
    home = plant(("indicators", {}), *((name, []) for name in ("scenarios", "shocks", "targets", "signposts")))
    assert told(home) == [("indicators", "at least one entry", "none", "")]


def test_a_log_scale_takes_no_ceiling(plant: Plant) -> None:
    home = plant(("indicators.gerd.ceiling", part(CEILING)))
    assert told(home) == [("indicators.gerd.ceiling", "no ceiling, since the transform is log", "a mapping", "")]


def test_a_spread_is_multiplied_by_more_than_nothing(plant: Plant) -> None:
    spread = {"driver": "spread", "op": "multiply", "unit": "times", "range": {"low": 0.0, "mode": 1, "high": 2}}
    home = plant((FIRST, part(FIRST) | spread))
    assert told(home) == [(f"{FIRST}.range.low", "a number of more than 0", "0.0", "")]


PLACES = ("", "horizon.", "indicators.gerd.", f"{CEILING}.", "axes[0].name.", "scenarios[0].", f"{FIRST}.")
MORE_PLACES = (f"{FIRST}.range.", "shocks[0].", "shocks[0].assumptions[0].", "targets[0].", "signposts[0].")


@pytest.mark.parametrize("word", [*PROBABILITY_WORDS, "Probability"])
def test_a_probability_is_refused_wherever_it_stands(plant: Plant, word: str) -> None:
    keys = [f"{place}{word}" for place in (*PLACES, *MORE_PLACES)]
    faults = told(plant(*((key, 0.3) for key in keys)))
    assert sorted(faults) == sorted((key, "a known key", f"'{word}'", NO_PROBABILITIES) for key in keys)


def test_a_probability_among_axes_or_indicators_is_refused_with_the_same_words(plant: Plant) -> None:
    outlook = part("indicators.gerd")
    home = plant(("scenarios[0].axes.weight", "low"), ("indicators.probability", outlook))
    assert told(home) == [
        ("indicators.probability", "an indicator of the catalogue", "'probability'", NO_PROBABILITIES),
        ("scenarios[0].axes.weight", "one of the axes pace", "'weight'", NO_PROBABILITIES),
    ]


@pytest.mark.parametrize(
    ("written", "expected", "found"),
    [
        (".nan", "a number", "'.nan'"),  # without its tag this is text, as the catalogue reads YAML
        (".inf", "a number", "'.inf'"),
        ("!!float .nan", "a finite number", "nan"),
        ("!!float -.inf", "a finite number", "-inf"),
        ("1.0e999", "a finite number", "inf"),
        ("true", "a number", "true"),
    ],
)
def test_a_number_that_is_not_finite_is_a_plain_fault(plant: Plant, written: str, expected: str, found: str) -> None:
    home = plant()
    text = SPECIMEN.replace("mode: 1,", f"mode: {written},").replace("value: 4", f"value: {written}")
    (home / FILE).write_text(text, encoding="utf-8")
    assert told(home) == [(f"{FIRST}.range.mode", expected, found, ""), ("targets[0].value", expected, found, "")]


def test_a_misspelt_key_is_not_also_a_missing_one(plant: Plant) -> None:
    home = plant(
        (f"{FIRST}.evidence", GONE),
        (f"{FIRST}.evidense", ["robots_count"]),
        ("indicators.ai_all.ceilling", part(CEILING)),
        (CEILING, GONE),
        ("indicators.gerd.clas", "slow"),
        ("indicators.gerd.class", GONE),
    )
    assert sorted(told(home)) == [
        ("indicators.ai_all.ceilling", "a known key", "'ceilling'", "Did you mean 'ceiling'?"),
        ("indicators.gerd.clas", "a known key", "'clas'", "Did you mean 'class'?"),
        (f"{FIRST}.evidense", "a known key", "'evidense'", "Did you mean 'evidence'?"),
    ]


def test_what_cannot_be_read_is_not_also_reported_by_what_refers_to_it(plant: Plant) -> None:
    home = plant(("indicators", "gerd"), ("scenarios", GONE), ("axes", GONE), ("horizon.end", "2040"))
    assert sorted(told(home)) == [
        ("axes", "the key 'axes'", "nothing", ""),
        ("horizon.end", "a whole number", "'2040'", ""),
        ("indicators", "a mapping of keys", "'gerd'", ""),
        ("scenarios", "the key 'scenarios'", "nothing", ""),
    ]


# Several at once, and what is cited ---------------------------------------------------------------------------------

MANY = (
    (f"{FIRST}.rationale", GONE),  # 1
    (f"{FIRST}.evidence", []),  # 2
    (f"{FIRST}.range.low", 3),  # 3
    (f"{FIRST}.indicator", "gedr"),  # 4
    (f"{FIRST}.areas", ["SWD"]),  # 5
    (f"{FIRST}.start", 2041),  # 6
    (f"{FIRST}.probability", 0.5),  # 7
    ("scenarios[1].axes", {}),  # 8
    ("horizon.report_years", [2045]),  # 9
    ("ensemble.draws", 10),  # 10
    ("signposts[0].separates", ["lead", "lat"]),  # 11
    ("targets[0].evidence", ["robot_count"]),  # 12: of the evidence
)


def test_a_fault_of_one_key_hides_none_of_another(plant: Plant) -> None:
    keys = [key for key, *_ in told(plant(*MANY))]
    of_first = ("rationale", "evidence", "range.low", "indicator", "areas[0]", "start", "probability")
    others = ("scenarios[1].axes.pace", "horizon.report_years[0]", "ensemble.draws", "signposts[0].separates[1]")
    assert sorted(keys) == sorted([*(f"{FIRST}.{name}" for name in of_first), *others])  # 7 + 4 = 11


@pytest.mark.parametrize("place", [FIRST, CEILING, "axes[0]", "shocks[0].assumptions[0]", "targets[0]"])
def test_a_fact_that_is_cited_must_be_known(plant: Plant, place: str) -> None:
    home = plant((f"{place}.evidence", ["robots_count", "robot_count"]))
    catalogue = load_catalogue(home)
    with pytest.raises(ContentError) as caught:
        load_evidence(home, catalogue)
    hint = "Did you mean 'robots_count'?"
    assert caught.value.faults == [Fault(FILE, f"{place}.evidence[1]", "a known fact", "'robot_count'", hint)]


def test_npr_check_lists_the_faults_of_a_set_and_of_what_it_cites_together(plant: Plant) -> None:
    with pytest.raises(ContentError) as caught:
        check_workspace(plant(*MANY))
    faults = [fault for fault in caught.value.faults if fault.file == FILE]
    cited = Fault(FILE, "targets[0].evidence[0]", "a known fact", "'robot_count'", "Did you mean 'robots_count'?")
    assert len(faults) == 12 and cited in faults


def test_a_file_that_is_no_mapping_is_one_fault(plant: Plant) -> None:
    home = plant()
    (home / FILE).write_text("- id: prov\n", encoding="utf-8")
    assert told(home) == [("(file)", "a mapping of keys", "a list", "")]


def every_path(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        below = [(f"{path}.{name}" if path else name, one) for name, one in value.items()]
    else:
        below = [(f"{path}[{at}]", one) for at, one in enumerate(value if isinstance(value, list) else [])]
    return [key for inner, one in below for key in (inner, *every_path(one, inner))]


ODD: tuple[Any, ...] = (GONE, None, True, 3, -0.5, "x", [], [[]], [None, {}], {}, {1: {}}, {"id": ["x"]})


@pytest.mark.parametrize("path", every_path(yaml.safe_load(SPECIMEN)))
def test_no_odd_value_anywhere_is_more_than_a_fault(path: str) -> None:
    known = {"indicator": ["gerd", "ai_all"], "area": ["SWE", "FIN", "OECD"], "aggregate": ["OECD"]}
    for value in ODD:
        content = yaml.safe_load(SPECIMEN)
        change(content, path, value)
        _, faults = validate(ScenarioSet, content, file=FILE)
        for fault in (*faults, *set_faults(content, FILE, known)):
            assert fault.expected and fault.found
