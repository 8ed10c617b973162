"""Pages and PDFs made of a small briefing, read back."""

import io
import itertools
import json
import re
from html.parser import HTMLParser

import pytest
import typst
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_output
from pypdf import PdfReader

from npr.errors import IntegrityError, RenderError, UsageError
from npr.publish import markup
from npr.publish.document import read_document
from npr.publish.exporters import HtmlExporter, PdfExporter
from npr.publish.html import render_html
from npr.publish.pdf import BROAD, COLUMN_PT, NARROW, TEMPLATE, USUAL, render_pdf
from npr.publish.pdf import source as typst_source
from npr.publish.site import Entry, index_page
from npr.publish.templating import FONTS
from npr.publish.trace import read_trace, show_trace
from publish_specimens import bundle, exhibit, prose


class Page(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def named(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]


@pytest.fixture
def page(make_notebook):
    return render_html(read_document(make_notebook()))


def test_the_page_says_its_language_and_its_title_without_marks(page):
    assert Page(page).named("html")[0]["lang"] == "sv"
    assert re.search(r"<title>(.*?)</title>", page)[1] == "AI i 35,0\u00a0procent av företagen – Industri 4.0, Sverige"


def test_headings_are_in_order_and_have_ids(page):
    levels = [int(tag[1]) for tag, _ in Page(page).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [one["id"] for one in Page(page).named("h2")][-2:] == ["s-spridning-bredd", "s-kallor"]


def test_every_header_cell_has_a_scope_and_every_table_a_caption(page):
    scopes = [one.get("scope") for one in Page(page).named("th")]
    assert scopes.count("col") == 4  # two columns in the table, two in the data behind the figure
    assert set(scopes) == {"col", "row"}
    assert len(Page(page).named("caption")) == len(Page(page).named("table")) == 2


def test_the_picture_has_its_alternative_text(page):
    assert [(one["role"], one["aria-label"]) for one in Page(page).named("svg")] == [("img", "Kurva 35 %")]


def test_the_page_loads_nothing_from_outside(page):
    loading = [one for one in Page(page).named("link", "script", "img", "iframe") if "src" in one or "href" in one]
    assert loading == []
    assert not re.search(r"url\((?!data:)", page)


def test_ids_stand_once(page):
    ids = [attrs["id"] for _, attrs in Page(page).elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_text_is_escaped(page):
    assert "The &lt;Report&gt;" in page
    assert "Brott &lt;2023&gt;." in page
    assert "# $ @ * _ &lt; &gt; [x]" in page


def test_a_title_in_another_language_says_so(page):
    titles = [one for one in Page(page).named("a") if one["href"].startswith("https://www.oecd.org")]
    assert [one["lang"] for one in titles] == ["en"]


def test_every_number_carries_its_value(page):
    assert ("data", {"id": "v0", "value": "35.04"}) in Page(page).elements


def test_the_trace_is_in_reading_order_and_says_where(page, tmp_path):
    path = tmp_path / "x.html"
    path.write_text(page, encoding="utf-8")
    records = read_trace(path)
    assert [(one["text"], one["where"]) for one in records] == [
        ("35,0\u00a0procent", "Titel"),
        ("35,0\u00a0procent", "Sammanfattning"),
        ("9,9", 'Spridning & "bredd"'),
        ("35,0", "Figur 1"),
        ("0", "Tabell 1"),
        ("35,0", "Tabell 1"),
    ]
    assert "ai_all SWE 2021, Eurostat, vintage abababababab" in show_trace(records)


def test_a_trace_cannot_end_its_script_early(make_notebook, tmp_path):
    notebook = make_notebook(title="Farligt [[v:0]]")
    notebook.cells[1].outputs[0]["data"]["application/vnd.npr.prose+json"]["values"][0]["text"] = "</script><b>"
    path = tmp_path / "x.html"
    path.write_text(render_html(read_document(notebook)), encoding="utf-8")
    assert read_trace(path)[0]["text"] == "</script><b>"


def test_a_cut_page_is_told_from_another_page(page, tmp_path):
    cut, other = tmp_path / "cut.html", tmp_path / "other.html"
    cut.write_text(page[: len(page) - 300], encoding="utf-8")
    other.write_text("<!DOCTYPE html><html></html>", encoding="utf-8")
    with pytest.raises(IntegrityError, match="cut"):
        read_trace(cut)
    with pytest.raises(UsageError, match="no trace"):
        read_trace(other)
    with pytest.raises(UsageError, match="No such file"):
        read_trace(tmp_path / "none.html")


def test_the_same_notebook_gives_the_same_bytes(make_notebook):
    first, second = (read_document(make_notebook()) for _ in range(2))
    assert render_html(first) == render_html(second)
    assert render_pdf(first) == render_pdf(second)


def test_the_pdf_has_title_language_bookmarks_and_swedish_letters(make_notebook):
    reader = PdfReader(io.BytesIO(render_pdf(read_document(make_notebook()))))
    assert reader.metadata.title == "AI i 35,0\u00a0procent av företagen"
    assert reader.trailer["/Root"]["/Lang"] == "sv"
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert [one.title for one in reader.outline][:3] == ["Sammanfattning", 'Spridning & "bredd"', "Källor"]
    text = " ".join(page.extract_text() for page in reader.pages)
    assert all(part in text for part in ("Text # $ @ * _ < > [x]", "åäö", "Startutgåvan"))


def test_the_first_page_says_what_document_it_is(make_notebook):
    notebook = make_notebook()
    page = PdfReader(io.BytesIO(render_pdf(read_document(notebook)))).pages[0]
    text = " ".join(page.extract_text().split())
    assert "Industri 4.0 · Sverige" in text and "Startutgåvan, 23 november 2026" in text
    assert "Diarienummer: N2026/1 · Kontakt: a@b.se" in text
    notebook.cells[0].outputs[0]["data"]["application/vnd.npr.front+json"] |= {"diary_number": "", "contact": ""}
    page = PdfReader(io.BytesIO(render_pdf(read_document(notebook)))).pages[0]
    assert "Diarienummer" not in page.extract_text() and "Kontakt" not in page.extract_text()


def test_a_figure_without_alternative_text_makes_no_pdf(make_notebook):
    notebook = make_notebook()
    figure = next(cell for cell in notebook.cells if "application/vnd.npr.figure+json" in cell.outputs[0]["data"])
    figure.outputs[0]["data"]["application/vnd.npr.figure+json"]["alt"] = ""
    with pytest.raises(RenderError, match="alt"):
        render_pdf(read_document(notebook))


def test_a_skipped_heading_level_is_refused(make_notebook):
    with pytest.raises(RenderError, match="level 4"):
        read_document(make_notebook(prose("#### För djupt")))


def test_a_cell_that_failed_is_named(make_notebook):
    notebook = make_notebook()
    notebook.cells[3].outputs = [new_output("error", ename="KeyError", evalue="'x'", traceback=[])]
    with pytest.raises(RenderError, match="KeyError"):
        read_document(notebook)


def test_a_notebook_that_was_not_run_is_no_briefing(make_notebook):
    notebook = make_notebook()
    for cell in notebook.cells:
        cell.outputs = []
    with pytest.raises(RenderError, match="no briefing"):
        read_document(notebook)


def test_the_exporters_of_nbconvert_give_the_same(make_notebook, page):
    html, _ = HtmlExporter().from_notebook_node(make_notebook())
    pdf, resources = PdfExporter().from_notebook_node(make_notebook())
    assert html == page
    assert (pdf[:5], resources["output_extension"]) == (b"%PDF-", ".pdf")


def test_citations_beside_each_other_are_told_apart():
    html = markup.html(markup.parse_inline("x[[c:1]][[c:2]]"), [], 0, str)
    assert html == 'x<sup class="cite"><a href="#ref-1">1</a>, <a href="#ref-2">2</a></sup>'


def test_html_in_prose_is_shown_and_not_run():
    assert "<script>" not in markup.html(markup.parse("a <script>alert(1)</script>\n\n<div onclick=x>"), [], 0, str)


def test_an_address_that_runs_code_is_not_linked():
    assert "javascript" not in markup.html(markup.parse("[x](javascript:alert(1))"), [], 0, str)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Cf"]), min_size=1, max_size=40))
def test_any_text_compiles(text):

    source = f'#set text(font: "Libertinus Serif")\n{markup.quoted(text)}'
    assert typst.compile(source.encode()).startswith(b"%PDF-")


def test_the_index_page_links_every_file():
    entries = [
        Entry("starter", "SWE", "Sverige", "Industri 4.0", "sv", form, f"starter/SWE/industri40.sv.{form}", 12)
        for form in ("html", "pdf")
    ]
    index = index_page(entries)
    assert [one["href"] for one in Page(index).named("a")][1:] == [one.path for one in entries]
    assert "Sverige" in index


def test_the_index_page_follows_the_set_and_puts_the_languages_beside_each_other():
    places = {"oversikt": 1, "industri40": 2}
    entries = [
        Entry("e", "SWE", "Sverige", f"{name} {language}", language, "html", f"{name}.{language}", 1, name, place)
        for name, place in sorted(places.items())
        for language in ("en", "sv")
    ]
    links = [one["href"] for one in Page(index_page(entries)).named("a")][1:]
    assert links == ["oversikt.sv", "oversikt.en", "industri40.sv", "industri40.en"]


def test_the_index_page_of_nothing_says_what_to_do():
    assert "npr build" in index_page([])


def test_the_trace_is_json(page):
    assert json.loads(re.search(r'id="npr-trace">(.*?)</script>', page, re.DOTALL)[1])[0]["value"] == 35.04


@given(
    st.text(alphabet="aÅ1_ ,;:%().–-+*#[]<&\n\\`~=|v", max_size=12)
    | st.from_regex(r"\[\[v:\d{1,3}\]\] ?", fullmatch=True)
)
@settings(max_examples=1000, deadline=None)
def test_cells_that_are_not_parsed_read_as_if_they_were(text):
    if markup.LONE.fullmatch(text):
        (paragraph,) = markup.parse(text)
        assert markup.parse_inline(text) == paragraph["children"]


@pytest.mark.parametrize(
    ("text", "lone"),
    [
        ("82,3", True),
        ("−1\N{NO-BREAK SPACE}234.5", True),
        ("..", True),
        ("[[v:12]]", True),
        ("Arbete (ILO), 10–49 %", True),
        ("1.", False),
        ("1. A", False),
        ("-1", False),
        ("2 *", False),
    ],
)
def test_plain_words_and_single_numbers_are_not_parsed(text, lone):
    assert bool(markup.LONE.fullmatch(text)) is lone


def test_a_sign_has_its_word_in_every_format():
    tokens = markup.parse_inline("[[s:worse|sämre]]")
    assert markup.html(tokens, [], 0, str) == '<span class="sign worse">sämre</span>'
    assert markup.typst(tokens, []) == '#sign("worse", "sämre");'
    assert markup.plain(tokens, []) == "sämre"


def test_an_unknown_sign_is_shown_as_it_is_written():
    assert "sign" not in markup.html(markup.parse_inline("[[s:best|bäst]]"), [], 0, str)


def test_a_link_to_a_briefing_leads_to_the_file_of_the_same_format():
    tokens = markup.parse_inline("[Läget](briefing:oversikt.sv)")
    assert markup.html(tokens, [], 0, str) == '<a href="oversikt.sv.html">Läget</a>'
    assert markup.typst(tokens, []) == '#link("oversikt.sv.pdf")[#"Läget";];'


def test_a_sheet_has_a_page_of_its_own(make_notebook):
    notebook = make_notebook(
        prose("## Frågeblad\n\n1. Vad hindrar?\n2. Vem betalar och hur mycket under vilka år?", role="sheet"),
        prose("## Nästa blad\n\n1. Vilken miljö kan andra använda, och vad kostar det dem?", role="sheet"),
        prose("## Efter"),
    )
    page = render_html(read_document(notebook))
    assert '<section class="sheet">' in page
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(render_pdf(read_document(notebook)))).pages]
    (sheet,) = [text for text in pages if "Vad hindrar?" in text]
    following = pages[pages.index(sheet) + 1]
    assert "Vilken miljö" in following  # no empty page between two sheets
    assert "Efter" not in sheet and "Spridning" not in sheet


def test_columns_of_texts_share_the_width_as_declared(make_notebook):
    columns = [{"label": "Nr", "align": "left", "width": 1}, {"label": "Text", "align": "left", "width": 3}]
    payload = {"id": "w", "number": 2, "title": "Bred", "subtitle": "", "note": "", "source": "", "values": []}
    table = {"columns": columns, "rows": [["R-01", "[[s:better|bättre]]"]]}
    notebook = make_notebook(bundle("table", {**payload, "language": "sv", "table": table}))
    page = render_html(read_document(notebook))
    assert '<col style="width: 25%"><col style="width: 75%">' in page
    assert render_pdf(read_document(notebook)).startswith(b"%PDF")


def test_a_list_waits_for_the_figures_before_it(make_notebook):
    made = typst_source(read_document(make_notebook(prose("## Lista\n\n- En sak\n- En till"), prose("Bara text."))))
    assert made.count("#place.flush()") == 1
    assert made.index("#place.flush()") < made.index("En sak")


def test_a_table_that_breaks_over_pages_waits_for_the_figures_too_and_a_short_one_does_not(make_notebook):
    payload = {"id": "w", "number": 2, "title": "Tabell", "subtitle": "", "note": "", "source": "", "values": []}
    columns = [{"label": "A", "align": "left"}, {"label": "B", "align": "left"}]
    for rows, waits in (([["x", "y"]] * 46, 1), ([["x", "y"]] * 45, 0), ([["x" * 901, "y" * 900]], 1)):
        table = bundle("table", {**payload, "language": "sv", "table": {"columns": columns, "rows": rows}})
        assert typst_source(read_document(make_notebook(table))).count("#place.flush()") == waits


# Two columns share 459 pt as 2.2 to 1; with 4 pt left free on each side, 307 and 135 are left. At 8.3 pt a wide letter
# is taken for 8.3 pt and a usual one for 5.4: 38 W are too wide for the first, 26 digits for the second;
# a comma for 3.3: 43 of them are.
@pytest.mark.parametrize(
    ("row", "height"),
    [
        (["Sverige", "12,5"], "lined"),
        (["W" * 37, "0"], "lined"),
        (["W" * 38, "0"], "auto"),
        (["Sverige", "0" * 24], "lined"),
        (["Sverige", "0" * 26], "auto"),
        (["Sverige", "," * 39], "lined"),
        (["Sverige", "," * 43], "auto"),
        (["Sverige", "0[[c:1]]"], "auto"),
        (["日本", "0"], "auto"),
        (["två\nrader", "0"], "auto"),
    ],
)
def test_only_a_row_that_surely_is_one_line_high_is_not_measured(make_notebook, row, height):
    made = typst_source(read_document(make_notebook(exhibit("table", ["Land", "Tal"], [["Norge", "1,0"], row]))))
    assert f"(auto, lined,{height},)" in made


def test_letters_are_at_most_as_wide_as_they_are_taken_for():
    font = TTFont(FONTS / "PublicSans-Regular.ttf")
    names, widths, size = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    for signs, width in ((NARROW, 0.4), (USUAL, 0.65), (BROAD, 1.0)):
        assert [one for one in signs if widths[names[ord(one)]][0] > width * size] == []
    assert font["OS/2"].sCapHeight == 0.723 * size  # the height of `lined`


def test_the_width_of_a_page_is_that_of_the_template():
    margin = float(re.search(r"x: ([\d.]+)cm", TEMPLATE.read_text(encoding="utf-8"))[1])
    assert pytest.approx((210 - 20 * margin) / 25.4 * 72, abs=0.5) == COLUMN_PT


def test_a_measured_row_and_one_that_is_not_are_of_one_height(make_notebook, monkeypatch):
    rows = [["Sverige", "12,5"]] * 70
    document = read_document(make_notebook(exhibit("table", ["Land", "Tal"], rows)))
    quick = render_pdf(document)
    monkeypatch.setattr("npr.publish.pdf._is_lined", lambda *_: False)
    assert "lined,)" not in typst_source(document)
    assert render_pdf(document) == quick
