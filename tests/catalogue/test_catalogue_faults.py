"""A faulty catalogue: every fault in one run, each with file, key, expected, found and a hint."""

import shutil
from pathlib import Path

import pytest

from npr.catalogue import load_catalogue
from npr.errors import ContentError, Fault

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a workspace with a copy of the catalogue, free to be spoilt."""
    shutil.copytree(ROOT / "data" / "catalogue", tmp_path / "data" / "catalogue")
    return tmp_path


def spoil(home: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of a catalogue file that stands there at least once; only the first is replaced."""
    path = home / "data" / "catalogue" / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def write(home: Path, file: str, text: str) -> None:
    path = home / "data" / "catalogue" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def faults_of(home: Path) -> list[Fault]:
    with pytest.raises(ContentError) as caught:
        load_catalogue(home)
    assert caught.value.exit_code == 3
    return caught.value.faults


def only_fault(home: Path) -> Fault:
    faults = faults_of(home)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_ten_planted_faults_are_reported_in_one_run(copy: Path) -> None:
    spoil(copy, "indicators/ai_all.yml", "unit: PT_ENT", "unit: PT_ETN")  # 1 unknown unit
    spoil(copy, "indicators/berd.yml", "direction: higher", "direction: hihger")  # 2 not in the closed list
    spoil(copy, "indicators/gerd.yml", "decimals: 2", "decimals: two")  # 3 wrong type
    spoil(copy, "indicators/ai_small.yml", "family: ai", "famliy: ai")  # 4 unknown key
    spoil(copy, "indicators/ai_large.yml", "short:\n  sv: AI, minst 250 anställda\n", "short:\n")  # 5 no Swedish
    spoil(copy, "indicators/tfp_pwt.yml", "ends_early", "end_early")  # 6 unknown caveat
    spoil(copy, "units.yml", "{n}\\_procentenheter", "procentenheter")  # 7 no place for the number
    spoil(copy, "areas.yml", "1961-09-28", "1961-09-31")  # 8 no such day (Switzerland's)
    spoil(copy, "themes.yml", "  name: {sv: Risker, en: Risks}", "  name: {sv: Risker, en: Risks, sv: Risk}")  # 9 twice
    spoil(copy, "indicators/patent_applications.yml", "id: patent_applications", "id: patent")  # 10 not the file's name
    folder = "data/catalogue"
    assert {(fault.file.removeprefix(f"{folder}/"), fault.key) for fault in faults_of(copy)} == {
        ("indicators/ai_all.yml", "unit"),
        ("indicators/berd.yml", "direction"),
        ("indicators/gerd.yml", "decimals"),
        ("indicators/ai_small.yml", "famliy"),
        ("indicators/ai_large.yml", "short.sv"),
        ("indicators/tfp_pwt.yml", "caveats[1]"),
        ("units.yml", "PP.prose.sv"),
        ("areas.yml", "CHE.accession"),
        ("themes.yml", "[8].name.sv"),
        ("indicators/patent_applications.yml", "id"),
    }
    assert len(faults_of(copy)) == 10


def test_the_message_lists_every_fault_and_says_what_to_do(copy: Path) -> None:
    spoil(copy, "indicators/ai_all.yml", "unit: PT_ENT", "unit: PT_ETN")
    spoil(copy, "indicators/berd.yml", "direction: higher", "direction: hihger")
    with pytest.raises(ContentError) as caught:
        load_catalogue(copy)
    assert str(caught.value).splitlines() == [
        "2 faults of content:",
        "  data/catalogue/indicators/ai_all.yml: unit: expected a unit of the catalogue, found 'PT_ETN'. "
        "Did you mean 'PT_ENT'?",
        "  data/catalogue/indicators/berd.yml: direction: expected one of higher, lower, neither, found 'hihger'. "
        "Did you mean 'higher'?",
        "Nothing was changed. Mend the lines above, then run `npr check`.",
    ]


def test_a_misspelt_key_is_one_fault_with_its_right_spelling(copy: Path) -> None:
    spoil(copy, "indicators/gerd.yml", "unit: PT_B1GQ", "unti: PT_B1GQ")
    fault = only_fault(copy)
    assert (fault.key, fault.expected, fault.found) == ("unti", "a known key", "'unti'")
    assert fault.hint == "Did you mean 'unit'?"


def test_a_misspelt_key_deep_inside_is_named_by_its_whole_path(copy: Path) -> None:
    spoil(copy, "flows.yml", "  version: '1.3'", "  verison: '1.3'")
    fault = only_fault(copy)
    assert (fault.key, fault.hint) == ("msti.verison", "Did you mean 'version'?")


def test_a_misspelt_optional_key_is_recognised_although_nothing_is_missing(copy: Path) -> None:
    spoil(copy, "indicators/ai_all.yml", "caveats:", "cavaets:")
    assert only_fault(copy).hint == "Did you mean 'caveats'?"


def test_a_missing_language_is_named(copy: Path) -> None:
    spoil(copy, "themes.yml", "name: {sv: Risker, en: Risks}", "name: {en: Risks}")
    fault = only_fault(copy)
    assert (fault.key, fault.expected, fault.found) == ("risker.name.sv", "a text in Swedish", "nothing")


def test_an_empty_text_is_a_missing_text(copy: Path) -> None:
    spoil(copy, "themes.yml", "name: {sv: Risker, en: Risks}", 'name: {sv: Risker, en: "  "}')
    assert (only_fault(copy).key, only_fault(copy).expected) == ("risker.name.en", "text that is not empty")


def test_broken_yaml_names_line_and_column_and_blames_nobody_else(copy: Path) -> None:
    spoil(copy, "indicators/gerd.yml", "decimals: 2", "decimals: [2")
    fault = only_fault(copy)
    assert fault.file == "data/catalogue/indicators/gerd.yml"
    # The bracket opens in line 9; the parser stumbles over the colon of the next key, "direction:", in line 10.
    assert fault.key == "line 10, column 10"
    assert fault.expected == "valid YAML"


def test_a_list_file_that_is_a_mapping_is_refused(copy: Path) -> None:
    write(copy, "themes.yml", "industri40: x\n")
    assert Fault("data/catalogue/themes.yml", "(file)", "a list of declarations", "a mapping") in faults_of(copy)


def test_a_missing_or_empty_file_is_a_fault(copy: Path) -> None:
    (copy / "data/catalogue/sources.yml").unlink()
    write(copy, "indicators/gerd.yml", "# nothing yet\n")
    faults = faults_of(copy)
    assert Fault("data/catalogue/sources.yml", "(file)", "a YAML file", "none that can be read") in faults
    assert Fault("data/catalogue/indicators/gerd.yml", "(file)", "declarations", "an empty file") in faults


def test_a_file_that_is_no_yml_is_not_passed_over_in_silence(copy: Path) -> None:
    write(copy, "indicators/mer.yaml", "id: mer\n")
    assert (only_fault(copy).file, only_fault(copy).found) == ("data/catalogue/indicators/mer.yaml", "'mer.yaml'")


def test_an_id_declared_twice_is_named_with_both_places(copy: Path) -> None:
    spoil(copy, "units.yml", "- id: 100HB", "- id: 10P6HB")
    faults = faults_of(copy)
    # 10P3EMP is entry [6], 10P6HB [7], and the one that was 100HB [8]; broadband then has no unit.
    assert Fault("data/catalogue/units.yml", "[8]", "each unit once", "'10P6HB' again, first at [7]") in faults
    assert [fault.key for fault in faults if fault.file.endswith("broadband.yml")] == ["unit"]


def test_a_faulty_unit_is_not_also_reported_as_unknown_by_its_indicators(copy: Path) -> None:
    spoil(copy, "units.yml", "decimals: 3", "decimals: 9")
    fault = only_fault(copy)
    assert (fault.key, fault.expected, fault.found) == ("KG_CO2_USD_PPP_2021.decimals", "a number of at most 6", "9")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("{code: SWE, kind: member, territory: SE, accession: 1961-09-28}", "{code: SWE, kind: member}", "territory"),
        ("{code: BRA, kind: country, territory: BR}", "{code: BRA, kind: country, territory: br}", "territory"),
        ("{code: BRA, kind: country,", "{code: BRA, kind: country, accession: 2030-01-01,", "accession"),
        ("kind: aggregate, name: {sv: G7, en: G7}", "kind: aggregate", "name"),
        ("kind: aggregate, name: {sv: G7", "kind: aggregate, territory: GG, name: {sv: G7", "territory"),
    ],
)
def test_an_area_must_fit_its_kind(copy: Path, old: str, new: str, key: str) -> None:
    spoil(copy, "areas.yml", old, new)
    assert {fault.key.rpartition(".")[2] for fault in faults_of(copy)} >= {key}


def test_a_yaml_word_that_looks_like_a_number_stays_the_text_that_it_is(copy: Path) -> None:
    spoil(copy, "indicators/gerd.yml", "    FREQ: A", "    FREQ: 01")
    spoil(copy, "indicators/berd.yml", "    FREQ: A", "    FREQ: no")
    catalogue = load_catalogue(copy)
    assert catalogue.indicator("gerd").oecd.key["FREQ"] == "01"
    assert catalogue.indicator("berd").oecd.key["FREQ"] == "no"


def test_a_number_where_text_belongs_is_refused(copy: Path) -> None:
    spoil(copy, "flows.yml", "  version: '1.3'", "  version: 1.3")
    fault = only_fault(copy)
    assert (fault.key, fault.expected, fault.found) == ("msti.version", "text", "1.3")


def test_a_flow_with_its_version_in_it_and_a_key_of_dots_are_refused(copy: Path) -> None:
    spoil(copy, "flows.yml", "flow: OECD.STI.STP,DSD_MSTI@DF_MSTI", "flow: OECD.STI.STP:DSD_MSTI@DF_MSTI(1.3)")
    spoil(copy, "indicators/gerd.yml", "MEASURE: G", "MEASURE: '.'")
    assert [fault.key for fault in faults_of(copy)] == ["msti.flow", "oecd.key.MEASURE"]


def test_a_key_names_each_dimension_of_its_flow_but_the_area_and_no_other(copy: Path) -> None:
    spoil(copy, "indicators/gerd.yml", "    FREQ: A\n", "    FRQE: A\n")
    missing, odd = faults_of(copy)
    assert (missing.key, missing.found) == ("oecd.key.FREQ", "nothing")
    assert (odd.key, odd.hint) == ("oecd.key.FRQE", "Did you mean 'FREQ'?")


def test_a_flow_names_its_area_among_its_dimensions_and_each_of_them_once(copy: Path) -> None:
    spoil(
        copy, "flows.yml", "  area: LOCATION\n  dimensions: [LOCATION, VARIABLE,", "  dimensions: [VARIABLE, VARIABLE,"
    )
    keys = [fault.key for fault in faults_of(copy) if fault.file.endswith("flows.yml")]
    assert keys == ["long_term_2023.area", "long_term_2023.dimensions[1]"]


def test_an_unknown_flow_is_answered_with_the_nearest(copy: Path) -> None:
    spoil(copy, "indicators/gerd.yml", "  flow: msti", "  flow: mtsi")
    assert (only_fault(copy).key, only_fault(copy).hint) == ("oecd.flow", "Did you mean 'msti'?")


BRIEFING = """
id: prov
notebook: notebooks/prov.ipynb
title: {sv: Prov, en: Trial}
description: {sv: Prov., en: Trial.}
indicators: [gerd, robot_all]
peers: [FIN, OECD, SWD]
"""


def test_a_briefing_refers_to_known_indicators_and_compares_with_countries_only(copy: Path) -> None:
    write(copy, "briefings/prov.yml", BRIEFING)
    told = {fault.key: (fault.found, fault.hint) for fault in faults_of(copy)}
    assert told["indicators[1]"] == ("'robot_all'", "Did you mean 'robots_all'?")
    assert told["peers[1]"] == ("the aggregate 'OECD'", "")
    assert told["peers[2]"] == ("'SWD'", "Did you mean 'SWE'?")


def test_a_sound_briefing_is_found_by_its_id(copy: Path) -> None:
    write(copy, "briefings/prov.yml", BRIEFING.replace("robot_all", "robots_all").replace(", OECD, SWD", ""))
    briefing = load_catalogue(copy).briefing("prov")
    assert (briefing.indicators, briefing.peers) == (("gerd", "robots_all"), ("FIN",))


def test_an_anchor_inside_itself_is_refused_and_not_followed_for_ever(copy: Path) -> None:
    write(copy, "themes.yml", "- &a [*a]\n")
    assert "data/catalogue/themes.yml" in {fault.file for fault in faults_of(copy)}


def test_text_that_is_not_utf8_is_refused(copy: Path) -> None:
    (copy / "data/catalogue/indicators/gerd.yml").write_bytes("id: gerd\nname: å\n".encode("latin-1"))
    assert (only_fault(copy).file, only_fault(copy).expected) == ("data/catalogue/indicators/gerd.yml", "valid YAML")


def test_a_day_as_a_key_is_an_unknown_key_and_no_fault_of_ours(copy: Path) -> None:
    spoil(copy, "indicators/berd.yml", "unit: ", "2020-01-01: x\nunit: ")
    fault = only_fault(copy)
    assert (fault.key, fault.expected, fault.found) == ("2020-01-01", "a known key", "'2020-01-01'")
