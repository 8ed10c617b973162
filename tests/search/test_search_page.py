"""The search of the index page: what it holds, and what it finds in a browser without a network."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from npr.publish.site import Entry as File
from npr.publish.site import index_page
from npr.search import KINDS
from npr.search.page import page_data
from npr.search.words import stem, words_of

CHECK_PAGE = Path(__file__).resolve().parents[3] / "shared" / "tools" / "axe" / "check-page"
BRIEFING = "industri40"
FILES = [
    File(edition, country, name, title, spoken, form, f"{edition}/{country}/industri40.{spoken}.{form}", 9, BRIEFING)
    for edition in ("2026-11", "starter")
    for country, name in (("FIN", "Finland"), ("SWE", "Sverige"))
    for spoken, title in (("sv", "Industri 4.0"), ("en", "Industry 4.0"))
    for form in ("html", "pdf")
]  # fmt: skip


@pytest.fixture(scope="module")
def page(declared) -> str:
    return index_page(FILES, {**page_data(declared), "editions": ["starter", "2026-11"]})


@pytest.fixture(scope="module")
def held(page) -> dict:
    return json.loads(re.search(r'id="npr-search">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture
def found(page, tmp_path):
    """Search in a browser; give what it says and its hits as (kind, title, text, attributes of the link)."""
    if not shutil.which("chromium"):
        pytest.skip("there is no Chromium here")
    path = tmp_path / "index.html"
    path.write_text(page, encoding="utf-8")

    def search(query):
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
        ]
        words = ["chromium", *options, f"{path.as_uri()}#q={quote(query)}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
        form = re.search(r'<form class="search".*?</form>', done.stdout, re.DOTALL)[0]
        status = re.search(r'<p role="status">(.*?)</p>', form, re.DOTALL)[1]
        return plain(status), re.findall(r"<li>(.*?)</li>", form, re.DOTALL)

    return search


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def test_the_page_holds_every_entry_with_its_words(held, declared):
    assert [(KINDS[one[0]], one[1]) for one in held["entries"]] == [(one.kind, one.id) for one in declared]
    for short, entry in zip(held["entries"], declared, strict=True):
        assert [one or None for one in short[2]] == [entry.title.get("sv"), entry.title.get("en")]
        assert short[4] == entry.also
        assert held["around"][short[5]] == entry.around


def test_the_page_holds_the_stem_of_every_word(held, declared):
    for language in ("sv", "en"):
        stems = {}
        for group in held["stems"][language].split(" "):
            cut, *ends = group.split(",")
            stems |= {end[1:] if end.startswith("=") else cut + end: cut for end in ends}
        words = {word for one in declared for word in words_of(one.title.get(language, ""))}
        assert len(words) > 500
        assert {word: stems.get(word, word) for word in words} == {word: stem(word, language) for word in words}
    assert stems["companies"] == "compani"


def test_the_page_loads_nothing_is_small_and_is_the_same_every_time(page, declared):
    assert len(page.encode()) < 400_000
    assert "http:" not in page
    assert not re.search(r"<(script|img|link|iframe)[^>]+(src|href)=", page)
    assert index_page(FILES, {**page_data(declared), "editions": ["starter", "2026-11"]}) == page


def test_the_script_is_short_and_fetches_nothing():
    script = Path(index_page.__code__.co_filename).with_name("templates") / "search.js"
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 90
    assert not re.search(r"fetch\(|XMLHttpRequest|import|innerHTML|eval", text)


def test_a_briefing_links_to_its_page_of_the_newest_edition(held):
    (briefing,) = [one for one in held["entries"] if one[:2] == [0, "industri40"]]
    assert briefing[6] == ["2026-11/SWE/industri40.sv.html", "2026-11/SWE/industri40.en.html"]
    assert [one for one in held["entries"] if len(one) > 6] == [briefing]


def test_without_a_script_the_box_is_hidden_and_the_files_stand(page):
    form = re.search(r"<form[^>]+>", page)[0]
    assert "hidden" in form
    assert 'role="search"' in form
    assert '<label for="q">' in page
    assert page.count('<a href="2026-11/SWE/industri40') == 4


def test_a_page_without_what_it_searches_has_no_box():
    text = index_page(FILES)
    assert "<form" not in text
    assert "<script" not in text


def test_no_text_ends_the_script(declared):
    import dataclasses

    sly = [dataclasses.replace(declared[0], title={"sv": "</script><b>", "en": "<!--"})]
    text = index_page([], page_data(sly))
    assert text.count("</script>") == 2
    assert "<b>" not in text


def test_a_browser_finds_what_the_command_finds_first(found, index):
    for query in ("testbädd", "industri 4.0", "R-50"):
        status, hits = found(query)
        first = index.search(query, language="sv")[0]
        assert re.match(r"\d+ träff", status)
        assert first.title in plain(hits[0])
    status, hits = found("robotarnas")
    assert all("Företag som använder robotar" in plain(one) for one in hits[:4])
    assert len(hits) == 20
    assert "De 20 bästa visas." in status


def test_a_browser_links_the_briefing_and_marks_each_text_with_its_language(found):
    _, hits = found("framsyn")
    term = next(one for one in hits if plain(one).startswith("Begrepp"))
    assert re.findall(r'<\w+ lang="(\w\w)"[^>]*>([^<]+)<', term) == [
        ("sv", "Begrepp"), ("sv", "framsyn"), ("en", "foresight"),
    ]  # fmt: skip
    _, hits = found("Industri 4.0")
    assert 'href="2026-11/SWE/industri40.sv.html"' in hits[0]


def test_a_browser_says_that_nothing_was_found(found):
    assert found("<b>robbotxyz</b>") == ("Inget hittades. / Nothing was found.", [])


def test_the_page_with_hits_has_no_violation_that_axe_finds(page, tmp_path):
    if not (CHECK_PAGE.exists() and shutil.which("chromium") and shutil.which("node")):
        pytest.skip("the validator is not here")
    path = tmp_path / "index.html"
    # The validator opens files by name: the question stands in the page.
    path.write_text(page.replace('id="q" ', 'id="q" value="robotar" ').replace("prefill();\n})", "run();\n})"), "utf-8")
    done = subprocess.run([CHECK_PAGE, path], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode == 2:
        pytest.skip("the validator could not run")
    assert "wcag=0 advice=0 outside=0 errors=0 reflow320=True".lower() in done.stdout.lower()
