"""What a workbook takes, and the trace that one of ours keeps."""

import io
import json
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest

from npr.errors import IntegrityError, UsageError
from npr.publish.document import read_document
from npr.publish.html import render_html
from npr.publish.trace import read_trace
from npr.publish.workbooks import Book, cell_text, kept_text, make_workbook, sheet_names
from npr.publish.xlsx import render_xlsx
from publish_specimens import exhibit, record


def read(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def saved(make_notebook, tmp_path):
    """The workbook of the specimen in a file, and its bytes."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(render_xlsx(read_document(make_notebook())))
    return path, path.read_bytes()


def test_names_of_sheets_are_valid_and_stand_once():
    wanted = ["A/B:[c]*?\\", "x" * 40, "X" * 40, "", "'q'"]
    assert sheet_names(wanted) == ["A B c", "x" * 31, "X" * 27 + " (2)", "-", "q"]


def test_a_text_of_a_table_for_other_programs_is_no_formula_either():
    texts = ["=1+1", "http://x.se", "1"]
    content = make_workbook(lambda book: book.add_sheet("a").write_row(0, 0, texts), date(2026, 1, 1))
    assert [(one.value, one.data_type, one.hyperlink) for one in read(content)["a"][1]] == [
        (text, "s", None) for text in texts
    ]


def test_what_a_cell_cannot_hold_is_left_out():
    assert cell_text("a\x00\x1fb\nc") == "ab\nc"
    assert cell_text("x" * 32_767) == "x" * 32_767
    assert cell_text("x" * 32_768) == "x" * 32_766 + "…"
    assert len(cell_text("😀" * 20_000).encode("utf-16-le")) <= 2 * 32_767


# The trace, read back ------------------------------------------------------------------------------------------------


def both_traces(document, folder):
    """Give the trace of the workbook and that of the page of a document."""
    page, book = folder / "t.html", folder / "t.xlsx"
    page.write_text(render_html(document), encoding="utf-8")
    book.write_bytes(render_xlsx(document))
    return read_trace(book), read_trace(page)


def test_the_trace_is_that_of_the_page(make_notebook, tmp_path):
    workbook, page = both_traces(read_document(make_notebook()), tmp_path)
    assert workbook == page
    assert len(workbook) == 6


def test_a_long_trace_with_every_sort_of_sign_is_read_back_whole(make_notebook, tmp_path):
    odd = "å\n\t\x01 😀 _x0041_ _x005F_ </script> <r>=1</r> \" ' & \\"
    many = [{**record(f"{odd}{at}", at / 7), "from": [{"value": at / 3, "how": odd}]} for at in range(400)]
    marks = [[f"[[v:{at}]]", "x"] for at in range(len(many))]
    document = read_document(make_notebook(exhibit("table", ["A", "B"], marks, *many)))
    assert len(json.dumps(document.trace)) > 3 * 32_767  # no cell could hold it
    workbook, page = both_traces(document, tmp_path)
    assert workbook == page == document.trace


def test_the_trace_is_still_there_when_another_program_has_saved_the_workbook(saved):
    path, content = saved
    before = read_trace(path)
    book = read(content)
    book.remove(book["Figur 1"])
    book.save(path)
    assert path.read_bytes() != content
    assert read_trace(path) == before


@pytest.mark.parametrize("kept", [0, 3, 100, -1, -2000])
def test_a_cut_workbook_is_told(saved, kept):
    path, content = saved
    path.write_bytes(content[:kept])
    with pytest.raises(IntegrityError, match="cut or damaged"):
        read_trace(path)


def test_a_damaged_workbook_never_gives_another_trace(saved):
    path, content = saved
    whole, told = read_trace(path), 0
    for at in range(5, len(content), 101):
        path.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        try:
            assert read_trace(path) == whole  # a sign that nothing depends on, such as a date in the archive
        except IntegrityError:
            told += 1
    assert told > 50


def test_a_trace_that_lost_a_part_is_told(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(make_workbook(lambda book: book.keep("npr-trace", '[{"text": "1"}'), date(2026, 1, 1)))
    with pytest.raises(IntegrityError, match="cut or damaged"):
        read_trace(path)


def test_a_workbook_of_others_is_told_from_ours(tmp_path):
    foreign, text, archive = tmp_path / "foreign.xlsx", tmp_path / "text.xlsx", tmp_path / "archive.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "npr-trace"
    book.save(foreign)
    text.write_text("a;b\n1;2\n", encoding="utf-8")
    with ZipFile(archive, "w") as made:
        made.writestr("x.txt", "npr-trace")
    for path in (foreign, text, archive):
        with pytest.raises(UsageError, match="holds no trace"):
            read_trace(path)
    with pytest.raises(UsageError, match="No such file"):
        read_trace(tmp_path / "none.xlsx")


def test_an_entity_in_a_workbook_is_not_expanded(saved, tmp_path):
    path, content = saved
    with ZipFile(io.BytesIO(content)) as whole, ZipFile(path, "w") as made:
        for one in whole.namelist():
            part = whole.read(one)
            if one == "xl/workbook.xml":
                part = part.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY y "z">]><workbook', 1)
            made.writestr(one, part)
    with pytest.raises(IntegrityError, match="cut or damaged"):
        read_trace(path)


def test_what_is_kept_is_found_by_the_name_of_its_sheet_alone():
    def fill(book: Book) -> None:
        book.add_sheet("a").write_string(0, 0, "no")
        book.keep("b", "x" * 70_000)

    content = make_workbook(fill, date(2026, 1, 1), title="t")
    assert kept_text(content, "b") == "x" * 70_000
    assert kept_text(content, "c") is None
