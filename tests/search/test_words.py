"""Words and stems: what is one word, and which words are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npr.search.excerpts import WIDTH, excerpt
from npr.search.words import fold, parts_of, stem, stems_of, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Industri 4.0.", ["industri", "4.0"]),
        ("R-50, 3D och robots_all", ["r-50", "3d", "och", "robots_all"]),
        ("35,0 procent", ["35.0", "procent"]),
        ("test- och demonstrationsmiljö", ["test", "och", "demonstrationsmiljö"]),
        ("2015\u20132016", ["2015-2016"]),
        ("3D\u2011ut\u00adskrift", ["3d-utskrift"]),
        ("OECD:s och Sweden\u2019s", ["oecd", "och", "sweden"]),
        ("CO\u2082", ["co2"]),
        ("a\u030angstro\u0308m", ["ångström"]),  # a ring and dots that stand apart are put on their letters
        ("\U0001f916 \"' * ()", []),
    ],
)
def test_words_are_taken_apart_as_a_person_sees_them(text, expected):
    assert words_of(text) == expected


def test_a_word_has_parts_only_where_it_has_a_joint():
    assert parts_of("3d-utskrift") == ["3d", "utskrift"]
    assert parts_of("testbädd") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ["digitalisering", "digitaliseringen", "digitaliseringens"]),
        ("sv", ["testbädd", "testbädden", "testbäddar", "testbäddarna"]),
        ("sv", ["robot", "robotar", "robotarna"]),
        ("en", ["robot", "robots"]),
        ("en", ["company", "companies"]),
    ],
)
def test_inflections_have_one_stem(language, words):
    assert len({stem(word, language) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("för", "for"), ("lån", "lan"), ("bädd", "badd"), ("digitalisering", "äro")]
)
def test_letters_with_rings_and_dots_are_letters_of_their_own(one, other):
    assert stem(one, "sv") != stem(other, "sv")


def test_parts_follow_their_word():
    assert stems_of("3D-utskrifter", "sv") == ["3d-utskrift", "3d", "utskrift"]


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once_for_the_words(text):
    assert words_of(" ".join(words_of(text))) == words_of(text) or fold(text) != text


def test_a_short_text_is_shown_whole():
    assert excerpt("Kort  text\nom robotar.", ["robot"], "sv") == "Kort text om robotar."


def test_a_long_text_is_cut_between_words_around_the_first_word_asked_for():
    text = "inledning " * 30 + "sedan robotarna " + "slut " * 60
    shown = excerpt(text, ["robot"], "sv")
    assert "robotarna" in shown
    assert shown.startswith("…inledning ")
    assert shown.endswith("slut…")
    assert len(shown) <= WIDTH + 2


def test_a_word_longer_than_the_line_is_cut():
    assert excerpt("a" * 400, ["b"], "sv") == "a" * WIDTH + "…"
