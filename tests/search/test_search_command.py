"""`npr search`: what it prints where, and what it ends with."""

import json
import sys

import pytest

from npr import cli


@pytest.fixture
def search(home, monkeypatch, capsys):
    """Run `npr search` in this process; give its exit code and what it printed."""
    monkeypatch.setenv("NPR_HOME", str(home))
    monkeypatch.setenv("NPR_DEBUG", "")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["npr", "search", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run


def test_each_hit_is_a_line_with_its_excerpt_under_it(search):
    code, out, err = search("framsyn", "--kind", "term")
    assert (code, err) == (0, "")
    assert out == "term        framsyn  framsyn\n            foresight\n"


def test_words_need_no_quotes_and_a_language_can_be_asked_for(search):
    code, out, _ = search("additiv", "tillverkning", "--kind", "indicator", "--language", "en", "--limit", "2")
    assert code == 0
    assert len(out.splitlines()) == 4
    assert out.count("using 3D printing") == 2


def test_json_is_one_document_and_nothing_else(search):
    code, out, err = search("robotar", "--limit", "2", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert [set(one) for one in told] == [{"kind", "id", "title", "excerpt", "where", "score"}] * 2
    assert all(one["id"].startswith("robots_") for one in told)
    assert all(one["where"] == f"data/catalogue/indicators/{one['id']}.yml" for one in told)


def test_nothing_found_is_one_line_with_a_near_word(search):
    code, out, err = search("robbotar")
    assert (code, out, err) == (0, "Nothing was found for 'robbotar'. Did you mean 'robotar'?\n", "")
    code, out, _ = search("tb-100", "--kind", "briefing", "--kind", "instrument")
    assert (code, len(out.splitlines())) == (0, 1)
    assert "among kind briefing, instrument" in out
    code, out, _ = search("x" * 10_000)
    assert (code, len(out.splitlines())) == (0, 1)
    assert len(out) < 200


def test_nothing_found_is_an_empty_list_in_json(search):
    assert search("robbotar", "--json") == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([""], "nothing to search for"),
        ([], "Missing argument 'words'"),
        (["robot", "--kind", "indikator"], "Did you mean 'indicator'?"),
        (["robot", "--language", "fi"], "expected sv or en, found 'fi'"),
        (["robot", "--limit", "0"], "expected 1 or more, found 0"),
        (["robot", "--limit", "-3", "--json"], "expected 1 or more, found -3"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_message(search, words, told):
    code, out, err = search(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err
