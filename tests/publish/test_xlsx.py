"""Workbooks made of a small briefing, read back with openpyxl."""

import io
import tempfile
import time
import tomllib
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from npr.errors import RenderError
from npr.publish.document import read_document
from npr.publish.exporters import XlsxExporter
from npr.publish.workbooks import header_labels
from npr.publish.xlsx import render_xlsx
from publish_specimens import exhibit, record

NBSP = "\N{NO-BREAK SPACE}"


def read(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def data(sheet):
    """Give the cells of the table under its header; a number with its format."""
    (table,) = sheet.tables.values()
    rows = sheet[table.ref][1:]
    return [[(one.value, one.number_format) if one.data_type == "n" else one.value for one in row] for row in rows]


@pytest.fixture
def make_book(make_notebook):
    return lambda *body, **more: read(render_xlsx(read_document(make_notebook(*body, **more))))


# Sheets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("sv", ["Om", "Figur 1", "Tabell 1", "Källor", "Referenser", "npr-trace"]),
        ("en", ["About", "Figure 1", "Table 1", "Sources", "References", "npr-trace"]),
    ],
)
def test_the_sheets_stand_in_order_in_the_language_of_the_briefing(make_book, language, names):
    book = make_book(language=language)
    assert book.sheetnames == names
    assert [book[one].sheet_state for one in names] == ["visible"] * 5 + ["veryHidden"]


def test_the_first_sheet_tells_what_the_briefing_is(make_book):
    sheet = make_book()["Om"]
    assert sheet["A1"].value == f"AI i 35,0{NBSP}procent av företagen"
    told = {row[0]: row[1] for row in sheet.iter_rows(min_row=4, max_row=7, values_only=True)}
    assert told == {
        "Land": "Sverige",
        "Utgåva": "Startutgåvan (starter), 23 november 2026",
        "Diarienummer": "N2026/1",
        "Kontakt": "a@b.se",
    }


def test_what_is_not_given_has_no_row(make_notebook):
    notebook = make_notebook()
    front = notebook.cells[0].outputs[0]["data"]["application/vnd.npr.front+json"]
    front |= {"diary_number": "", "contact": ""}
    book = read(render_xlsx(read_document(notebook)))
    labels = [cell.value for cell in book["Om"]["A"]]
    assert "Utgåva" in labels
    assert "Diarienummer" not in labels and "Kontakt" not in labels
    assert {one.name for one in book.custom_doc_props.props} == {"briefing", "country", "language", "edition"}


def test_the_first_sheet_leads_to_each_other_sheet_and_each_of_them_back(make_book):
    book = make_book()
    linked = [(row[0], row[1].value) for row in book["Om"].iter_rows() if row[0].hyperlink]
    assert [(link.value, link.hyperlink.location, text) for link, text in linked] == [
        ("Figur 1", "'Figur 1'!A1", "Upp till 35,0"),
        ("Tabell 1", "'Tabell 1'!A1", "Läget"),
        ("Källor", "'Källor'!A1", "Alla siffror i underlaget och varifrån de kommer"),
        ("Referenser", "'Referenser'!A1", "Publikationer som underlaget hänvisar till"),
    ]
    assert [book[name]["A3"].hyperlink.location for name in book.sheetnames[1:-1]] == ["'Om'!A1"] * 4


def test_a_sheet_has_title_subtitle_header_data_note_and_source(make_book):
    sheet = make_book()["Figur 1"]
    assert [sheet["A1"].value, sheet["A2"].value] == ["Figur 1. Upp till 35,0", "Procent"]
    assert [cell.value for cell in sheet[4][:2]] == ["Land", "2025"]
    assert data(sheet) == [[(2025, "0"), (35, "0.0")]]
    assert [sheet["A7"].value, sheet["A8"].value] == ["Anm. Brott <2023>.", "Eurostat"]


def test_the_header_is_marked_and_stays_in_sight(make_book):
    sheet = make_book()["Tabell 1"]
    assert [one.ref for one in sheet.tables.values()] == ["A4:B6"]
    assert all(cell.font.bold for cell in sheet[4][:2])
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$4:$4"


def test_columns_are_as_wide_as_what_they_hold_and_long_text_is_wrapped(make_book):
    long = "Ord " * 60
    sheet = make_book(exhibit("table", ["Nr", "Text"], [["1a", long.strip()]], right=False))["Tabell 2"]
    # "1a" and "Nr" are shorter than the least width, 9; the text has 239 signs and gets the greatest, 50.
    assert [round(sheet.column_dimensions[one].width) for one in "AB"] == [10, 51]  # with Excel's margin of 0.71
    assert sheet["B5"].alignment.wrap_text
    assert not sheet["A1"].alignment.wrap_text


def test_a_row_is_as_high_as_its_longest_text_takes_lines(make_book):
    rows = [["1a", ("Ord " * 60).strip()], ["1b", "Ord"]]
    book = make_book(exhibit("table", ["Nr", "Länder i snittet eller utanför"], rows, right=False))
    # Twelve times "Ord" fill 47 of 50 signs, so that sixty take five lines of 15 points; the header has 30 of 45 signs.
    assert [book["Tabell 2"].row_dimensions[one].height for one in (4, 5, 6)] == [None, 75, None]
    book = make_book(exhibit("table", ["År", "Länder i snittet"], [["2020", "35"]]))
    # The column is 9 signs wide, of which 8 fit when they are bold: "Länder i" and "snittet".
    assert book["Tabell 2"].row_dimensions[4].height == 30


def test_the_first_sheet_has_rows_for_long_titles(make_book):
    sheet = make_book(exhibit("table", ["A", "B"], [["x", "y"]], title="Ordet " * 20))["Om"]
    (row,) = [one[0].row for one in sheet.iter_rows() if one[0].value == "Tabell 2"]
    assert sheet.row_dimensions[row].height == 30  # 119 signs, of which 100 stand on a line


def test_a_figure_that_is_shown_twice_has_two_sheets(make_book):
    twice = [exhibit("table", ["A", "B"], [["x", "y"]]) for _ in range(2)]
    assert make_book(*twice).sheetnames[1:3] == ["Tabell 2", "Tabell 2 (2)"]


def test_labels_of_columns_are_filled_and_stand_once(make_book):
    assert header_labels(["", "År", "år", "a\n b", "z" * 300]) == ["-", "År", "år (2)", "a b", "z" * 255]
    sheet = make_book(exhibit("table", ["", "2020", "2020"], [["a", "b", "c"]]))["Tabell 2"]
    (table,) = sheet.tables.values()
    assert [one.name for one in table.tableColumns] == ["-", "2020", "2020 (2)"]
    assert [cell.value for cell in sheet[4]][:3] == ["-", "2020", "2020 (2)"]


def test_a_table_without_rows_keeps_its_header(make_book):
    sheet = make_book(exhibit("table", ["A", "B"], []))["Tabell 2"]
    assert [cell.value for cell in sheet[4]][:2] == ["A", "B"]


# Numbers -------------------------------------------------------------------------------------------------------------


def test_a_printed_value_is_a_number_with_all_its_decimals_and_shows_those_printed(make_book):
    assert data(make_book()["Tabell 1"]) == [["Sverige", (35.04, "0.0")], ["Finland", ".."]]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_numbers_behind_a_figure_are_numbers_in_both_languages(make_book, language):
    name = {"sv": "Figur 2", "en": "Figure 2"}[language]
    printed = {"sv": [f"1{NBSP}234,50", "−0,5", "..", "7"], "en": ["1,234.50", "−0.5", "..", "7"]}[language]
    rows = [[str(2020 + at), one] for at, one in enumerate(printed)]
    assert data(make_book(exhibit("figure", ["År", "x"], rows, language=language), language=language)[name]) == [
        [(2020, "0"), (1234.5, "#,##0.00")],
        [(2021, "0"), (-0.5, "0.0")],
        [(2022, "0"), ".."],
        [(2023, "0"), (7, "0")],
    ]


def test_digits_that_are_no_amounts_stay_text(make_book):
    rows = [["R-01", "134528123456", "2015"], ["R-02", "7", "oktober 2015"]]
    assert data(make_book(exhibit("table", ["Nr", "Version", "När"], rows, right=False))["Tabell 2"]) == rows
    mixed = [["a", "12"], ["b", "bättre"]]
    assert data(make_book(exhibit("figure", ["Nr", "Mot snittet"], mixed))["Figur 2"]) == mixed


def test_the_unit_and_the_citation_in_the_text_are_shown_after_the_number(make_book):
    values = [record(f"35,0{NBSP}procent", 35.04), record("+0,4", 0.4), record("0,1–0,8", 0.1)]
    rows = [["a", "[[v:0]]"], ["b", "[[v:1]] procent per år[[c:1]]"], ["c", "[[v:2]]"], ["d", "[[v:1]], [[v:0]]"]]
    assert data(make_book(exhibit("table", ["A", "B"], rows, *values))["Tabell 2"]) == [
        ["a", (35.04, f'0.0"{NBSP}procent"')],
        ["b", (0.4, '+0.0" procent per år [1]";-0.0" procent per år [1]";0.0" procent per år [1]"')],
        ["c", "0,1–0,8"],
        ["d", f"+0,4, 35,0{NBSP}procent"],
    ]


# Texts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1 x", "-x", "@SUM(A1)", "{=1}", "http://x.se", "internal:A1", "<r>x</r>"])
def test_no_text_becomes_a_formula_a_link_or_markup(make_book, text):
    body = exhibit("table", [text, "B"], [["[[v:0]]", text]], record(text, None), right=False, note=text, subtitle=text)
    book = make_book(body)
    sheet = book["Tabell 2"]
    cells = [sheet["A2"], sheet["A4"], sheet["A5"], sheet["B5"], sheet["A7"]]
    assert [cell.data_type for cell in cells] == ["s"] * 5
    assert [cell.value.rstrip() for cell in cells] == [*[text] * 4, f"Anm. {text}"]
    assert [cell.hyperlink for cell in cells] == [None] * 5
    assert sheet["B5"].quotePrefix == (text[0] in "=+-@")  # stays text when someone edits the cell
    assert text in [cell.value.rstrip() for cell in book["Källor"]["B"][4:]]


def test_only_an_address_on_the_web_is_linked(make_notebook):
    notebook = make_notebook()
    item = notebook.cells[-1].outputs[0]["data"]["application/vnd.npr.references+json"]["items"][0]
    for url, target in (("https://x.se/?a=1&b=2", "https://x.se/?a=1&b=2"), ("file:///x", None), ("", None)):
        item["url"] = url
        cell = read(render_xlsx(read_document(notebook)))["Referenser"]["G5"]
        assert (cell.value or "") == url
        assert (cell.hyperlink.target if cell.hyperlink else None) == target


# Sources -------------------------------------------------------------------------------------------------------------


def test_every_printed_number_stands_among_the_sources(make_book):
    sheet = make_book()["Källor"]
    assert [cell.value for cell in sheet[4]] == [
        "Var i underlaget", "Som det står där", "Värde", "Enhet", "Indikator eller faktum", "Område", "År",
        "Utgivare", "Version", "Beräkning",
    ]  # fmt: skip
    vintage = "ab" * 6
    expected = [
        ("Titel", f"35,0{NBSP}procent", 35.04, "procent", "ai_all", "SWE", 2025, "Eurostat", vintage, None),
        ("Sammanfattning", f"35,0{NBSP}procent", 35.04, "procent", "ai_all", "SWE", 2025, "Eurostat", vintage, None),
        ('Spridning & "bredd"', "9,9", 9.92, "procent", "ai_all", "SWE", 2021, "Eurostat", vintage, None),
        ("Figur 1", "35,0", 35.04, "procent", "ai_all", "SWE", 2025, "Eurostat", vintage, None),
        ("Tabell 1", "0", 0, "procent", "ai_all", "SWE", 2025, "Eurostat", vintage, None),
        ("Tabell 1", "35,0", 35.04, "procent", "ai_all", "SWE", 2025, "Eurostat", vintage, None),
    ]
    assert list(sheet.iter_rows(min_row=5, values_only=True)) == expected


def test_a_fact_a_mean_and_a_year_tell_what_they_are(make_book):
    values = [
        {"text": "214", "fact": "f-1", "value": [2500, 214], "unit": "firms", "year": None, "publisher": "P",
         "reference": "r", "area": None, "vintage": None},
        {**record("22,3", 22.344), "how": "unweighted mean", "from": []},
        {**record("2025", 2025), "unit": "year"},
    ]  # fmt: skip
    book = make_book(exhibit("table", ["A", "B", "C"], [["[[v:0]]", "[[v:1]]", "[[v:2]]"]], *values))
    rows = [row[2:] for row in book["Källor"].iter_rows(values_only=True) if row[0] == "Tabell 2"]
    assert rows[0] == ("[2500, 214]", "firms", "f-1", None, None, "P", None, None)
    assert rows[1][-1] == "unweighted mean"
    assert rows[2][:2] == (2025, "år")


def test_the_references_have_a_sheet_when_there_are_any(make_book, make_notebook):
    row = [cell.value for cell in make_book()["Referenser"][5]]
    address = "https://www.oecd.org/x?a=1&b=2"
    assert row == [1, "OECD & Co", 2017, "The <Report>", "kap. 1", "Källan är läst.", address]
    notebook = make_notebook()
    notebook.cells.pop()
    assert "Referenser" not in read(render_xlsx(read_document(notebook))).sheetnames


# Bytes ---------------------------------------------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes_in_every_time_zone(make_notebook, monkeypatch):
    made = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        made.append(render_xlsx(read_document(make_notebook())))
    monkeypatch.undo()
    time.tzset()
    assert made[0] == made[1] == made[2]


def test_the_properties_are_those_of_the_edition(make_book):
    book = make_book()
    found = book.properties
    assert (found.title, found.creator) == (f"AI i 35,0{NBSP}procent av företagen", "npr")
    assert found.created == found.modified == datetime(2026, 11, 23)
    assert found.keywords == "industri, AI"
    expected = {"briefing": "demo", "country": "SWE", "language": "sv", "edition": "starter", "diary_number": "N2026/1"}
    assert {one.name: one.value for one in book.custom_doc_props.props} == expected


def test_nothing_is_left_on_the_disk_and_no_path_is_in_the_file(make_notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = render_xlsx(read_document(make_notebook()))
    assert list(tmp_path.iterdir()) == []
    with ZipFile(io.BytesIO(content)) as archive:
        assert not any(str(Path.cwd()).encode() in archive.read(one) for one in archive.namelist())
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_exporter_of_nbconvert_gives_the_same(make_notebook):
    made, resources = XlsxExporter().from_notebook_node(make_notebook())
    assert made == render_xlsx(read_document(make_notebook()))
    assert resources["output_extension"] == ".xlsx"
    pyproject = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    named = pyproject["project"]["entry-points"]["nbconvert.exporters"]["npr-xlsx"]
    assert named == f"{XlsxExporter.__module__}:{XlsxExporter.__name__}"


def test_a_notebook_that_was_not_run_makes_no_workbook(make_notebook):
    notebook = make_notebook()
    for cell in notebook.cells:
        cell.outputs = []
    with pytest.raises(RenderError, match="no briefing"):
        XlsxExporter().from_notebook_node(notebook)
