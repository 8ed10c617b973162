"""Messages to people: five parts, and suggestions."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from npr.errors import ContentError, Fault, IntegrityError, UsageError, did_you_mean


def test_a_message_says_what_where_expected_found_kept_and_what_to_do():
    error = IntegrityError(
        "Vintage 3f of robots does not match its receipt",
        where="data/x.parquet", expected="3f", found="9c", todo="Restore the file from git.",
    )  # fmt: skip
    assert error.message() == (
        "Vintage 3f of robots does not match its receipt: expected 3f, found 9c (data/x.parquet).\n"
        "Nothing was changed. Restore the file from git."
    )
    assert error.exit_code == 5


def test_faults_of_content_are_listed_together_a_line_each():
    error = ContentError([Fault("a.yml", "unit", "a unit", "PT"), Fault("b.yml", "id", "b", "c", "Name it b.")])
    assert error.message().splitlines() == [
        "2 faults of content:",
        "  a.yml: unit: expected a unit, found PT.",
        "  b.yml: id: expected b, found c. Name it b.",
        "Nothing was changed. Mend the lines above, then run `npr check`.",
    ]


@pytest.mark.parametrize(
    ("word", "told"), [("contry", "Did you mean 'country'?"), ("COUNTRY", "Did you mean 'country'?"), ("zzz", "")]
)
def test_the_nearest_known_word_is_suggested(word, told):
    assert did_you_mean(word, ["country", "language"]) == told


def test_a_notebook_shows_the_message_and_no_traceback(capsys):
    shell = InteractiveShell()
    shell.user_ns["error"] = UsageError("Unknown indicator 'x'", todo="Choose another.")
    shell.run_cell("raise error")
    shown = capsys.readouterr().out
    assert "UsageError: Unknown indicator 'x'." in shown
    assert "Choose another." in shown
    assert "Traceback" not in shown
