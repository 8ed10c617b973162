"""Parameters of the command line against those that a notebook declares: no kernel is needed to refuse them."""

import json

import pytest

from npr.catalogue import load_catalogue
from npr.errors import ContentError, UsageError
from npr.factory.execute import Day, _Python
from npr.factory.parameters import check, declared, require_country

SOURCE = """from datetime import date
country: str = "SWE"
language: str = "sv"
share: float = 0.5
count: int | None = None
quick: bool = False
since: date = date(2020, 1, 1)
only: list[str] = []
mixed: str | int = 1"""


def notebook(folder, source, tags=("parameters",)):
    path = folder / "one.ipynb"
    cell = {"cell_type": "code", "id": "first", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.fixture(scope="module")
def catalogue(request):
    return load_catalogue(request.config.rootpath)


@pytest.fixture
def known(tmp_path):
    return declared(notebook(tmp_path, SOURCE), "one.ipynb")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("country", "NOR", "NOR"),
        ("share", "0.25", 0.25),
        ("count", "3", 3),
        ("count", "none", None),
        ("quick", "True", True),
        ("since", "2024-02-29", "2024-02-29"),
        ("only", "ai_all, gerd", ["ai_all", "gerd"]),
        ("mixed", "7", 7),
        ("mixed", "seven", "seven"),
    ],
)
def test_a_text_becomes_a_value_of_the_annotated_type(known, catalogue, name, text, value):
    given = check({name: text}, known, catalogue)[name]
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text"),
    [("share", "half"), ("share", "nan"), ("count", "1.5"), ("quick", "yes"), ("since", "2023-02-29"), ("since", "")],
)
def test_a_text_of_another_type_is_refused_with_the_type_and_the_default(known, catalogue, name, text):
    with pytest.raises(UsageError) as caught:
        check({name: text}, known, catalogue)
    assert f"Parameter '{name}' has the wrong type: expected {' | '.join(known[name].kinds)}" in str(caught.value)
    assert f"Its default is {known[name].default}" in str(caught.value)


def test_a_date_is_written_into_the_notebook_as_a_date():
    assert _Python.translate(Day("2024-02-29")) == "date.fromisoformat('2024-02-29')"
    assert _Python.translate("2024-02-29") == '"2024-02-29"'


@pytest.mark.parametrize(
    ("word", "meant"),
    [("NRO", "NOR"), ("swe", "SWE"), ("Sverige", "SWE"), ("germany", "DEU"), ("Tyskland", "DEU"), ("SE", "SWE")],
)
def test_a_country_that_is_misspelt_or_named_is_answered_with_its_code(catalogue, word, meant):
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'"):
        require_country(catalogue, word)


@pytest.mark.parametrize("code", ["OECD", "EU27_2020", "BRA", "ZZZ", ""])
def test_an_aggregate_and_a_country_outside_oecd_are_refused(catalogue, code):
    with pytest.raises(UsageError):
        require_country(catalogue, code)


def test_every_member_is_taken(catalogue):
    assert len(catalogue.members) == 38
    for code in catalogue.members:
        require_country(catalogue, code)


def test_a_secret_is_refused_and_its_value_not_repeated(known, catalogue):
    with pytest.raises(UsageError) as caught:
        check({"Api_Token": "hunter2"}, known, catalogue)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('country: str = = "SWE"', "a syntax error"),
        ('country = "SWE"', "no annotation"),
        ("print(1)", "no annotation"),
        ("when: datetime = 1", "when: expected a type among str"),
    ],
)
def test_a_parameters_cell_that_cannot_be_read_is_a_fault_of_content(tmp_path, source, told):
    with pytest.raises(ContentError, match=r"one\.ipynb, cell first") as caught:
        declared(notebook(tmp_path, source), "one.ipynb")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file"),
        ("{", "no JSON"),
        ('{"worksheets": []}', "no notebook of format 4"),
        ("[]", "no notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_a_fault_of_content(tmp_path, content, told):
    path = tmp_path / "one.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ContentError, match=told):
        declared(path, "one.ipynb")


def test_a_notebook_without_the_tag_is_a_fault_of_content(tmp_path):
    with pytest.raises(ContentError, match="expected one, found 0"):
        declared(notebook(tmp_path, SOURCE, tags=()), "one.ipynb")
