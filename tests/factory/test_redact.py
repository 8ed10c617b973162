"""Secrets: values of variables named like a token, a secret or a password stand in nothing that is kept."""

import json
from dataclasses import asdict

import nbformat
import pytest

from cell_specimens import failure_of, printed, run_notebook, write_cells
from npr.factory.execute import execute
from npr.factory.failures import FailureError, as_json, as_junit, as_markdown
from npr.factory.redact import Redactor, is_secret

pytestmark = pytest.mark.filterwarnings("ignore")
TOKEN, PASSWORD, SECRET = "k9-42-hush", "p&ss<w\"o'rd\\>", "sesam öppna dig"
IMPORT = "import os\ntoken, word, mine = (os.environ[one] for one in ('API_TOKEN', 'DB_PASSWORD', 'my_secret'))"


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    for name, value in (("API_TOKEN", TOKEN), ("DB_PASSWORD", PASSWORD), ("my_secret", SECRET), ("PIN_SECRET", "4711")):
        monkeypatch.setenv(name, value)


def kept_in(notebook):
    """Give what a file of a notebook holds, read as text and as the values in it."""
    return nbformat.writes(notebook) + repr(notebook)


@pytest.mark.parametrize("engine", ["fast", "kernel"])
def test_no_secret_stands_in_an_executed_notebook(tmp_path, engine):
    notebook = run_notebook(
        tmp_path,
        IMPORT,
        "print(token, word, mine)\nimport sys\nprint(mine, file=sys.stderr)",
        "print(token[:4], end='')\nsys.stdout.flush()\nprint(token[4:])",
        "from IPython.display import *\nimport html\ndisplay(HTML(f'<b>{html.escape(word)}</b><i>{token}</i>'))",
        "import pandas\npandas.DataFrame({mine: [word]})",
        "JSON({'a': [{'b': [token, {word: mine}]}]})",
        "{'a': word}, [mine]",
        "display({'text/plain': 'x', 'application/x+json': {token: 1}}, raw=True, metadata={'from': token})",
        "import json, urllib.parse\nprint(json.dumps([word, mine]), urllib.parse.quote(mine, safe=''))",
        "print('code 4711 and 147112', end='')",
        engine=engine,
    )
    text = kept_in(notebook)
    for secret in (TOKEN, TOKEN[4:], PASSWORD, SECRET, "p&amp;ss", "ss<w", "ss&lt;w", "sesam"):
        assert secret not in text, secret
    cells = notebook.cells[3:]
    assert [one["text"] for one in cells[0].outputs] == [
        "[API_TOKEN hidden] [DB_PASSWORD hidden] [my_secret hidden]\n", "[my_secret hidden]\n",
    ]  # fmt: skip
    assert printed(cells[1]) == "[API_TOKEN hidden]\n"
    assert cells[2].outputs[0]["data"]["text/html"] == "<b>[DB_PASSWORD hidden]</b><i>[API_TOKEN hidden]</i>"
    assert cells[4].outputs[0]["data"]["application/json"] == {
        "a": [{"b": ["[API_TOKEN hidden]", {"[DB_PASSWORD hidden]": "[my_secret hidden]"}]}]
    }
    # A short value is hidden only as a word of its own.
    assert printed(cells[-1]) == "code [PIN_SECRET hidden] and 147112"


@pytest.mark.parametrize("engine", ["fast", "kernel"])
def test_no_secret_stands_in_a_failure(tmp_path, engine):
    source = f"{IMPORT}\nx = '{TOKEN}'\nraise ValueError(f'refused {{token}} {{word!r}} {{mine}}')"
    failure = failure_of(tmp_path, source, engine=engine)
    forms = [str(asdict(failure)), failure.message(), json.dumps(as_json([failure])), as_markdown([failure])]
    for text in [*forms, as_junit([], [], [failure])]:
        for secret in (TOKEN, PASSWORD, SECRET, "ss<w", "ss&lt;w", "sesam"):
            assert secret not in text
    assert failure.cause.startswith("ValueError: refused [API_TOKEN hidden] ")
    assert failure.cause.endswith("[my_secret hidden]")
    assert failure.lines[1:] == (
        "  3 x = '[API_TOKEN hidden]'",
        "> 4 raise ValueError(f'refused {token} {word!r} {mine}')",
    )


def test_a_secret_that_is_given_as_a_parameter_is_hidden_too(tmp_path):
    write_cells(tmp_path / "cells.ipynb", "print(language)")
    notebook, _ = execute(tmp_path / "cells.ipynb", {"language": TOKEN}, "demo", engine="fast")
    assert TOKEN not in kept_in(notebook)
    assert notebook.cells[1].source.endswith('language = "[API_TOKEN hidden]"\n')
    write_cells(tmp_path / "cells.ipynb", "1 / 0")
    with pytest.raises(FailureError) as caught:
        execute(tmp_path / "cells.ipynb", {"language": TOKEN}, f"demo {TOKEN}", engine="fast")
    assert TOKEN not in str(asdict(caught.value.failure)) + str(caught.value)
    assert caught.value.failure.parameters == {"language": "[API_TOKEN hidden]"}


def test_names_are_secret_however_they_are_written():
    assert all(map(is_secret, ("API_TOKEN", "tokens", "db_password", "Client_Secret", "MYPASSWORDS")))
    assert not any(map(is_secret, ("HOME", "country", "LANGUAGE", "PASS")))


def test_values_that_hold_each_other_are_hidden_whole():
    redactor = Redactor({"A_TOKEN": "abcdefgh", "B_TOKEN": "xx-abcdefgh-yy", "C_TOKEN": "bcdefghi1"})
    assert redactor.text("xx-abcdefgh-yy abcdefgh bcdefghi1") == "[B_TOKEN hidden] [A_TOKEN hidden] [C_TOKEN hidden]"
    assert Redactor({"A_TOKEN": "abcdefgh", "B_TOKEN": "abcdefgh-yy"}).text("abcdefgh-yy") == "[B_TOKEN hidden]"


def test_a_value_shorter_than_eight_is_hidden_as_a_word_and_one_shorter_than_four_not_at_all():
    redactor = Redactor({"A_TOKEN": "seven77", "B_TOKEN": "eight888", "C_TOKEN": "no1", "D_TOKEN": ""})
    assert redactor.text("seven77 xseven77 seven77x (seven77)") == (
        "[A_TOKEN hidden] xseven77 seven77x ([A_TOKEN hidden])"
    )
    assert redactor.text("xeight888x no1") == "x[B_TOKEN hidden]x no1"


def test_a_secret_with_signs_is_found_as_it_stands_in_html_python_json_and_addresses():
    redactor = Redactor({"A_TOKEN": "a&b\"c'd\\e/f"})
    for form in (
        "a&b\"c'd\\e/f", "a&amp;b\"c'd\\e/f", "a&amp;b&quot;c&#x27;d\\e/f", "a&b\\\"c'd\\\\e/f",
        "a&b\"c\\'d\\\\e/f", "a%26b%22c%27d%5Ce%2Ff",
    ):  # fmt: skip
        assert redactor.text(f"<{form}>") == "<[A_TOKEN hidden]>"


def test_trees_keep_their_shape_and_their_type():
    redactor = Redactor({"A_TOKEN": "abcdefgh"})
    node = nbformat.from_dict({"abcdefgh": ["x abcdefgh", 1, None, {"y": ("abcdefgh", True)}]})
    told = redactor.tree(node)
    assert type(told) is nbformat.NotebookNode
    assert told == {"[A_TOKEN hidden]": ["x [A_TOKEN hidden]", 1, None, {"y": ["[A_TOKEN hidden]", True]}]}


def test_without_secrets_nothing_is_changed():
    content = {"a": ["text", 1]}
    assert Redactor({"HOME": "/mnt/me"}).tree(content) is content
    assert Redactor({}).text("text") == "text"
