"""The index: what is found, in which order, and that no query is anything but words."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import npr
from npr.errors import UsageError
from npr.search import Entry, Hit, Index


def ids(hits):
    return [one.id for one in hits]


def kinds(hits):
    return [one.kind for one in hits]


@pytest.mark.parametrize("query", ["digitalisering", "digitaliseringen", "Digitaliseringens", "DIGITALISERING"])
def test_an_inflected_word_finds_the_others(index, query):
    # In Swedish: "Digitalisering av industrin", "(digitalisering av industrin)", "ta vara på digitaliseringen".
    assert {"industri40", "R-50", "R-40"} <= set(ids(index.search(query, limit=1000)))
    assert index.search(query)[0].id == "industri40"


def test_letters_are_not_mixed_up(index):
    assert index.search("digitalisäring") == []
    assert index.search("bädd") != []
    assert index.search("bädd och badtunna") == []


def test_a_whole_word_goes_before_a_beginning_and_a_title_before_a_text(few):
    assert ids(few.search("robotar")) == ["whole", "text", "compound"]
    assert ids(few.search("robot")) == ["whole", "text", "compound"]


def test_a_title_goes_before_a_text_that_is_as_long():
    about = [Entry("fact", f"z{number}", "f", {"sv": "x"}, {"sv": "y"}) for number in range(9)]
    made = Index(
        [
            Entry("fact", "a", "f", {"sv": "ord"}, {"sv": "bädd"}),
            Entry("fact", "b", "f", {"sv": "bädd"}, {"sv": "ord"}),
            *about,
        ]
    )
    assert ids(made.search("bädd")) == ["b", "a"]


def test_parts_of_compounds_are_found(index):
    assert "testbädd" in ids(index.search("bädd", limit=1000))
    assert "printing_3d_all" in ids(index.search("utskrift"))
    assert "Robotlyftet" in ids(index.search("robotar", limit=1000))
    studies = ids(index.search("testbädd", limit=1000))
    assert {"testbädd", "tb-100", "tb-factors", "demand_side"} <= set(studies)  # testbäddar, -projekt, -studien


@pytest.mark.parametrize(
    ("query", "first"),
    [("R-50", "R-50"), ("r\u201150", "R-50"), ("industri 4.0", "industri40"), ("robots_all", "robots_all")],
)
def test_words_with_digits_and_ids_are_found(index, query, first):
    assert index.search(query)[0].id == first


def test_testbed_gives_the_briefing_then_the_term_then_demands_and_facts(index):
    found = index.search("testbädd")
    assert (found[0].kind, found[0].id, found[0].title) == ("briefing", "testbadd", "Testbädd Sverige")
    assert ids(found)[1:3] == ["testbädd", "Testbädd Sverige"]
    assert set(kinds(found)[3:8]) <= {"demand", "fact"}


def test_additive_manufacturing_gives_3d_printing(index):
    found = index.search("additive manufacturing", limit=7)
    assert set(kinds(found)) == {"term", "indicator"}
    assert all("3D" in one.title for one in found)


def test_robots_give_the_robot_indicators(index):
    assert set(ids(index.search("robotar", limit=4))) == {"robots_all", "robots_small", "robots_medium", "robots_large"}


def test_every_word_must_be_there_in_either_language(index):
    assert index.search("robotar testbädd sakernas xyzzy") == []
    assert "testbadd" in ids(index.search("testbädd sweden"))
    # Small words are not asked for, unless they stand alone.
    assert ids(index.search("hållbar och produktion")) == ids(index.search("hållbar produktion"))


def test_the_order_is_the_same_every_time_and_equals_stand_by_kind_and_id(declared, index):
    twice = [Entry(kind, id_, "f", {"sv": "lika"}, {}) for kind, id_ in (("fact", "a"), ("fact", "b"), ("demand", "c"))]
    about = [Entry("fact", f"z{number}", "f", {"sv": "annat"}, {}) for number in range(9)]
    made = Index(sorted([*twice, *about], key=lambda one: (one.kind, one.id)))
    assert ids(made.search("lika")) == ["c", "a", "b"]
    for query in ("industri", "robotar", "oecd"):
        assert Index(declared).search(query, limit=50) == index.search(query, limit=50)


def test_a_hit_says_what_it_is_and_where_it_is_declared(index):
    (hit,) = index.search("framsyn", kinds=["term"])
    assert dataclasses.replace(hit, score=0.0) == Hit(
        "term", "framsyn", "framsyn", "foresight", "data/evidence/glossary.yml", 0.0
    )
    assert hit.score > 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        hit.score = 1.0


def test_the_language_is_that_of_the_query_unless_another_is_asked_for(index):
    assert index.search("robots", limit=1)[0].title.startswith("Enterprises using robots")
    assert index.search("robotar", limit=1)[0].title.startswith("Företag som använder robotar")
    assert index.search("robotar", limit=1, language="en")[0].title.startswith("Enterprises using robots")


def test_kinds_and_limit_keep_the_best(index):
    every = index.search("robotar", limit=1000)
    facts = [one for one in every if one.kind == "fact"]
    assert index.search("robotar", kinds=["fact"], limit=1000) == facts
    assert index.search("robotar", kinds="fact", limit=2) == facts[:2]


HOSTILE = [
    '"', '"""', "'", "*", "-", "robot*", "-robot", "OR", "AND", "NOT", "NEAR(robot testbädd)", "title_sv : robot",
    '"robot', "robot)", "(((", "^robot", "{a}", "robot + robot", "; DROP TABLE entries", "\U0001f916", "\x00",
    "robot\x00", "\ud800", "%", "\\", "robot" * 2000, "a " * 5000, "å" * 10_000, "....", "-_-",
    " ".join(f"industri{number}" for number in range(1500)), "robot-" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_syntax(index, query):
    found = index.search(query)
    assert isinstance(found, list)
    assert index.near(query) == index.near(query)


def test_signs_around_a_word_change_nothing(index):
    plain = index.search("robotar")
    assert [
        index.search(query) for query in ('"robotar', "robotar*", "-robotar", "(robotar)", "robotar \U0001f916")
    ] == [plain] * 5


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_is_answered(text):
    made = Index([Entry("fact", "a", "f", {"sv": "robot"}, {"sv": "bädd"})])
    if text.strip():
        assert all(one.id == "a" for one in made.search(text))


def test_a_word_that_is_nowhere_is_answered_with_a_near_one(index):
    assert index.near("robbotar") == "Did you mean 'robotar'?"
    assert index.near("robbotar industri") == "Nothing holds 'robbotar'. Did you mean 'robotar'?"
    assert "nothing holds all of them" in index.near("robotar nanoteknik framsyn")


@pytest.mark.parametrize(
    ("words", "more", "told"),
    [
        ("", {}, "nothing to search for"),
        (" \t\n", {}, "nothing to search for"),
        ("robot", {"kinds": ["fakt"]}, "Did you mean 'fact'?"),
        ("robot", {"language": "se"}, "Unknown language 'se'"),
        ("robot", {"limit": 0}, "expected 1 or more, found 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(index, words, more, told):
    with pytest.raises(UsageError, match="Nothing was changed") as refused:
        index.search(words, **more)
    assert told in refused.value.message()


def test_the_knowledge_base_searches_and_keeps_its_index(home, monkeypatch):
    base = npr.open(home)
    first = base.search("digitalisering")
    assert first[0].id == "industri40"
    built = []
    monkeypatch.setattr(Index, "__init__", lambda *_: built.append(1))
    assert base.search("digitalisering") == first
    assert built == []
