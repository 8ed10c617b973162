"""A briefing on a later edition: new figures, the new vintage, and what its source could not confirm."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from npr.briefing import closing, display, notes
from npr.briefing.session import Session
from npr.catalogue import load_catalogue
from npr.catalogue.declarations import Briefing
from npr.indicators.knowledge import open_knowledge_base
from npr.vintages.checks import Check, write_check
from npr.vintages.content import table_of
from npr.vintages.editions import Stale
from npr.vintages.freezing import freeze_newest
from npr.vintages.receipts import Download, Provenance
from npr.vintages.store import take
from specimens import both, panel_of

ORIGIN = Provenance(publisher="OECD", dataset="D", table="T", route="R", retrieved="2027-01-05", licence="L")
AT = datetime(2027, 1, 5, tzinfo=UTC)
DOWNLOAD = Download(
    url="http://x", sent={}, received={}, started=AT, ended=AT,
    answer_sha256="0" * 64, answer_bytes=1, flow="F", version="1.0", key={}, structure_sha256="0" * 64, citation="C",
)  # fmt: skip
AREAS = ["AUS", "AUT", "BEL", "CAN", "CHE", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "HUN", "IRL", "ISL",
         "ITA", "JPN", "KOR", "SWE"]  # fmt: skip


@pytest.fixture
def later(tmp_path, home):
    """A copy of the workspace in which gerd has a vintage of 2027."""
    for name in ("catalogue", "evidence", "editions"):
        shutil.copytree(home / "data" / name, tmp_path / "data" / name)
    shutil.copytree(home / "data" / "vintages", tmp_path / "data" / "vintages")
    (tmp_path / "notebooks").mkdir()
    rows = [(area, 2025, "_T", "4.44" if area == "SWE" else "2.0", "B,P" if area == "FIN" else "A") for area in AREAS]
    taken = take(tmp_path, "gerd", b"x", table_of(rows), ORIGIN, taken=DOWNLOAD.ended.date(), download=DOWNLOAD)
    freeze_newest(tmp_path, load_catalogue(tmp_path), "2027-01", on=date(2027, 1, 6))
    return tmp_path, taken.content_sha256


def session(home, edition: str, language="sv") -> Session:
    briefing = Briefing(
        id="x", notebook="x.ipynb", title=both("x"), description=both("x"), indicators=("gerd", "berd"), peers=("FIN",)
    )
    return Session(open_knowledge_base(home, edition), briefing, "SWE", language, {})


def test_the_new_edition_shows_the_new_figures_and_names_the_new_vintage(later):
    home, vintage = later
    b = session(home, "2027-01")
    value = b.latest("gerd")
    assert (value.amount, value.origin.year, value.origin.vintage) == (4.44, 2025, vintage)
    assert session(home, "starter").latest("gerd").amount != 4.44
    assert "5 januari 2027" in notes.source_line(b, [b.panel("gerd")])


def test_a_reservation_about_a_copy_does_not_stand_under_what_the_source_itself_gave(later):
    home, _ = later
    old, new = session(home, "starter"), session(home, "2027-01")
    assert "17 ekonomier" in notes.caveats(old, old.panel("gerd"))
    assert "statuskoder" in notes.caveats(old, old.panel("gerd"))
    assert notes.caveats(new, new.panel("gerd")) == ""
    assert new.panel("gerd").breaks("FIN") == [2025]


def test_what_the_lock_says_of_a_vintage_reaches_the_briefing(later):
    home, vintage = later
    write_check(home, "gerd", Check(vintage=vintage, checked=AT, tried=AT + timedelta(days=10), failed="offline"))
    freeze_newest(home, load_catalogue(home), "2027-02", on=date(2027, 1, 15))
    b = session(home, "2027-02")
    assert b.panel("gerd").stale == Stale(confirmed="2027-01-05", tried=date(2027, 1, 15))
    assert b.panel("berd").stale is None
    assert "De är från 5 januari 2027 (ålder i dagar: 10)." in notes.caveats(b, b.panel("gerd"))


@pytest.mark.parametrize(
    ("language", "title"), [("sv", "Ändrade uppgifter för Sverige"), ("en", "Changed figures for")]
)
def test_the_profile_says_what_changed_for_the_country(later, monkeypatch, language, title):
    home, _ = later
    old = session(home, "starter").panel("gerd").years("SWE")
    shown = []
    monkeypatch.setattr(display, "_show", shown.append)
    session(home, "2027-01", language).show_changes(key="c")
    payload = shown[-1][display.TABLE]
    assert payload["title"].startswith(title)
    assert payload["title"].endswith("starter")
    (row,) = payload["table"]["rows"]
    assert row[1:] == ["[[v:0]]", "[[v:1]]", "[[v:2]]"]
    # The new vintage has the year 2025 alone, which the old one lacks: one new, none revised, all old ones withdrawn.
    assert 2025 not in old
    assert [one["text"] for one in payload["values"]] == ["1", "0", str(len(old))]
    assert payload["values"][0]["how"] == "new since starter"


def test_a_country_without_a_change_is_told_so(later, monkeypatch):
    home, _ = later
    b = session(home, "2027-01")
    b.country = "CRI"  # the indicator has it in neither vintage
    shown = []
    monkeypatch.setattr(display, "_show", shown.append)
    b.show_changes(key="c")
    assert shown[-1][display.PROSE]["markdown"] == "Ingen uppgift om Costa Rica har ändrats sedan utgåvan starter."


SINCE = {
    "sv": ("2 maj 2026", "23 november 2026", "ålder i dagar: 205"),
    "en": ("2 May 2026", "23 November 2026", "days: 205"),
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_figures_that_were_not_confirmed_say_so_with_their_age(home, language):
    b = session(home, "starter", language)
    # From 2 May to 23 November: 29 + 30 + 31 + 31 + 30 + 31 + 23 = 205 days.
    old = replace(panel_of(("SWE", 2024, 1.0)), stale=Stale(confirmed="2026-05-02", tried=date(2026, 11, 23)))
    told = notes.caveats(b, old)
    assert all(part in told for part in SINCE[language])
    assert "AI" in told
    assert notes.caveats(b, replace(old, stale=None)) == ""


def test_an_age_known_by_the_month_is_told_by_the_month(home):
    b = session(home, "starter", "en")
    old = replace(panel_of(("SWE", 2024, 1.0)), stale=Stale(confirmed="2025-05", tried=date(2026, 11, 23)))
    # May 2025 to November 2026: 18 months.
    assert "They date from May 2025 (age in months: 18)." in notes.caveats(b, old)


def test_the_colophon_names_them_in_one_sentence(home, monkeypatch):
    shown = []
    monkeypatch.setattr(display, "_show", shown.append)
    b = session(home, "starter")
    stale = Stale(confirmed="2026-05-02", tried=date(2026, 11, 23))
    b.base._panels["gerd"] = replace(b.base.panel("gerd"), stale=stale)
    b.latest("gerd")
    closing.show_colophon(b)
    (told,) = [str(one) for one in shown if "kunde inte stämmas av" in str(one)]
    assert "mot källan 23 november 2026: FoU-utgifter, totalt. De är från 2 maj 2026 (ålder i dagar: 205)." in told
