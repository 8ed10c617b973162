"""The client over real HTTP: every row of the table of errors with its bytes, and every way a line can fail."""

import gzip
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from npr.catalogue.declarations import Flow
from npr.errors import UsageError
from npr.oecd import answers
from npr.oecd.addresses import CSV, ROOTS, data_address, key_of, roots_with, structure_address
from oecd_replay import CSV_TYPE, Said

FLOW = Flow(id="msti", root="public", flow="OECD.STI.STP,DSD_MSTI@DF_MSTI", version="1.3", dimensions=("REF_AREA",))
THROTTLE = "You have exceeded the number of requests currently permitted in the OECD Data API."
LARGE = "You have exceeded the number of requests for data downloads or very large data ranges permitted in the API."

# Status, body, error, how often it is asked in all.
TABLE = [
    (404, b"NoRecordsFound", answers.NothingThereError, 1),
    (404, b"NoResultsFound", answers.NothingThereError, 1),
    (404, b"Could not find Dataflow and/or DSD related with this data request", answers.NoSuchFlowError, 1),
    (404, b"Could not find requested structures", answers.NoSuchFlowError, 1),
    (404, b"No Results Found", answers.NoSuchFlowError, 1),
    (422, b"Not enough key values in query, expecting 13 got 12", answers.StructureChangedError, 1),
    (403, b"Not enough key values in query, expecting 13 got 12", answers.StructureChangedError, 1),
    (400, b"Invalid structure: data", answers.BadQuestionError, 1),
    (413, b"Request Entity Too Large", answers.RefusedParameterError, 1),
    (429, THROTTLE.encode(), answers.ThrottledError, 3),
    (403, THROTTLE.encode(), answers.ThrottledError, 3),
    (429, LARGE.encode(), answers.ThrottledError, 3),
    (500, b"languageTag1", answers.BadQuestionError, 1),
    (500, b"Object reference not set to an instance of an object.", answers.BadQuestionError, 1),
    (500, b"Could not find structure type with class 'none'", answers.BadQuestionError, 1),
    (500, b"", answers.TransientError, 3),
    (502, b"Bad gateway", answers.TransientError, 3),
    (503, b"<html>Service unavailable</html>", answers.TransientError, 3),
    (504, b"Gateway time-out", answers.TransientError, 3),
    (403, b"<html>Access denied</html>", answers.ForbiddenError, 1),
    (418, b"I am a teapot", answers.OecdError, 1),
]


def ask(client, replay, kind="csv", path="data/OECD,DF_X,1.0/all"):
    return client.get(f"{replay.url}/{path}", CSV, kind, download=True)


@pytest.mark.parametrize(("status", "body", "error", "times"), TABLE)
def test_each_refusal_is_its_own_error_and_is_repeated_only_when_that_can_help(
    client, replay, status, body, error, times
):
    replay.faults["data"] = [Said(status, body)]
    with pytest.raises(answers.OecdError) as caught:
        ask(client, replay)
    assert type(caught.value) is error
    assert len(replay.asked) == times
    first, second = str(caught.value).split("\n")[:2]
    # Five parts: what, expected and found, where, what was kept, what to do.
    assert f"found {status} " in first
    assert replay.url in first
    assert second.startswith("Earlier vintages are kept. ") and len(second) > 50


@pytest.mark.parametrize("size", [(b"NoRecordsFound", 14), (TABLE[2][1], 65), (TABLE[3][1], 35)])
def test_the_bodies_of_the_table_have_the_lengths_that_were_observed(size):
    assert len(size[0]) == size[1]


def in_two_minutes() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)


@pytest.mark.parametrize(
    ("told", "low", "high"),
    [("0", 20, 20), (None, 20, 20), ("45", 45, 45), ("120", 120, 120), ("soon", 20, 20), ("date", 97, 101)],
)
def test_a_refusal_is_followed_by_quiet_even_when_oecd_says_zero(client, replay, waits, told, low, high):
    headers = {} if told is None else {"Retry-After": in_two_minutes() if told == "date" else told}
    replay.faults["data"] = [Said(429, THROTTLE.encode(), headers), Said(200, b"x\n", {"Content-Type": CSV_TYPE})]
    assert ask(client, replay).body == b"x\n"
    assert len(waits) == 1
    assert low <= waits[0] <= high


def test_a_pause_of_many_minutes_is_not_waited_for(client, replay, waits):
    replay.faults["data"] = [Said(429, THROTTLE.encode(), {"Retry-After": "1200"})]
    with pytest.raises(answers.ThrottledError):
        ask(client, replay)
    assert waits == []


def test_the_second_refusal_is_followed_by_a_longer_quiet(client, replay, waits):
    replay.faults["data"] = [Said(429, THROTTLE.encode(), {"Retry-After": "0"})]
    with pytest.raises(answers.ThrottledError):
        ask(client, replay)
    assert waits == [20.0, 60.0]


def test_a_server_that_recovers_gives_the_answer(client, replay, waits):
    replay.faults["data"] = [Said(503, b"busy"), Said(502, b"busy"), Said(200, b"a\n", {"Content-Type": CSV_TYPE})]
    answer = ask(client, replay)
    assert (answer.body, waits) == (b"a\n", [2.0, 6.0])


def test_the_right_headers_go_with_every_question(client, replay):
    replay.faults["data"] = [Said(200, b"a\n", {"Content-Type": CSV_TYPE})]
    answer = ask(client, replay)
    sent = replay.headers[0]
    assert sent["Accept"] == "application/vnd.sdmx.data+csv;version=1.0.0"
    assert (sent["Accept-Language"], sent["Accept-Encoding"]) == ("en", "gzip")
    assert answer.sent["Accept"] == sent["Accept"]
    assert answer.received["Content-Type"] == CSV_TYPE


CHALLENGE = b"<!DOCTYPE html><html><title>Just a moment...</title></html>"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (Said(200, CHALLENGE, {"Content-Type": "text/html"}), "a page for people"),
        (Said(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}), "another type of file"),
        (Said(302, b"", {"Location": "https://example.org/login"}), "leads elsewhere"),
        (Said(200, b"", {"Content-Type": CSV_TYPE, "Content-Length": "5000000000"}), "too large"),
        (Said(200, b"abc", {"Content-Type": CSV_TYPE, "Content-Encoding": "br"}), "packed in another way"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused_at_once(client, replay, said, what):
    replay.faults["data"] = [said]
    started = time.monotonic()
    with pytest.raises(answers.WrongAnswerError, match=what):
        ask(client, replay)
    assert len(replay.asked) == 1
    assert time.monotonic() - started < 30  # nothing waited for five billion bytes


def test_a_redirect_is_not_followed(client, replay):
    replay.faults["data"] = [Said(302, b"", {"Location": f"{replay.url}/elsewhere"})]
    with pytest.raises(answers.WrongAnswerError, match="elsewhere"):
        ask(client, replay)
    assert len(replay.asked) == 1


def test_a_body_that_unpacks_beyond_the_limit_is_refused(client, replay):
    client.most_bytes = 10_000
    packed = gzip.compress(b"0" * 1_000_000)
    assert len(packed) < 10_000
    replay.faults["data"] = [Said(200, packed, {"Content-Type": CSV_TYPE, "Content-Encoding": "gzip"})]
    with pytest.raises(answers.WrongAnswerError, match="too large"):
        ask(client, replay)


HEAD = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {CSV_TYPE}\r\n".encode()
PACKED = gzip.compress(b"a,b\r\n" * 5000)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (HEAD + b"Content-Length: 100\r\n\r\na,b\r\n", answers.CutError),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\na,b\r\n\r\n", answers.CutError),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\na,b\r\n", answers.CutError),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-9], answers.CutError),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot a zip", answers.CutError),
        (b"", answers.TransientError),
        (b"garbage\r\n\r\n", answers.TransientError),
    ],
)
def test_a_body_that_is_cut_is_never_taken_for_a_whole_one(client, replay, raw, error):
    replay.faults["data"] = [Said(raw=raw)]
    with pytest.raises(error) as caught:
        ask(client, replay)
    assert caught.value.transient
    assert len(replay.asked) == 3


def lone_server(speak):
    """Start a server of one connection at a time that does what `speak` does with it."""
    import threading

    listening = socket.create_server(("127.0.0.1", 0))

    def run():
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            try:
                line.recv(4096)
                speak(line)
            except OSError:
                pass
            finally:
                line.close()

    threading.Thread(target=run, daemon=True).start()
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}/public/rest"


def reset(line):
    import struct

    line.sendall(HEAD + b"Content-Length: 100\r\n\r\na,b\r\n")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(_line):
    time.sleep(1.0)


def drip(line):
    line.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    for _ in range(40):
        line.sendall(b"a")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("speak", "what"), [(reset, "cut short|cannot be reached"), (silent, "in time"), (drip, "too slowly")]
)
def test_a_line_that_breaks_hangs_or_drips_ends_in_an_error_that_says_so(client, speak, what):
    listening, root = lone_server(speak)
    with pytest.raises(answers.TransientError, match=what):
        client.get(f"{root}/data/x/all", CSV, "csv")
    listening.close()


def test_nobody_there_is_told_with_the_way_to_work_offline(client):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(answers.TransientError, match="cannot be reached") as caught:
        client.get(f"http://127.0.0.1:{port}/public/rest/data/x/all", CSV, "csv")
    assert "--offline" in str(caught.value)


def test_addresses_hold_the_key_in_the_structures_order():
    key = key_of(["FREQ", "REF_AREA", "MEASURE"], {"MEASURE": {"G", "B"}, "FREQ": {"A"}})
    assert key == "A..B+G"
    assert data_address(ROOTS["public"], FLOW, key) == (
        "https://sdmx.oecd.org/public/rest/data/OECD.STI.STP,DSD_MSTI@DF_MSTI,1.3/A..B+G"
        "?dimensionAtObservation=AllDimensions&format=csvfile"
    )
    assert structure_address("http://x/rest", FLOW) == (
        "http://x/rest/dataflow/OECD.STI.STP/DSD_MSTI@DF_MSTI/1.3?references=all&detail=referencepartial"
    )


def test_a_key_of_everything_survives_what_normalises_addresses(client, replay):
    replay.faults["data"] = [Said(200, b"a\n", {"Content-Type": CSV_TYPE})]
    client.get(data_address(replay.url, FLOW, key_of(["REF_AREA", "FREQ"], {})), CSV, "csv")
    assert replay.asked == [
        "/public/rest/data/OECD.STI.STP,DSD_MSTI@DF_MSTI,1.3/all?dimensionAtObservation=AllDimensions&format=csvfile"
    ]


@pytest.mark.parametrize("pair", ["pulbic=http://x", "public", "public=ftp://x", "=http://x", "public="])
def test_a_root_that_cannot_be_used_is_wrong_usage(pair):
    with pytest.raises(UsageError, match="cannot be used"):
        roots_with([pair])


def test_a_root_may_be_named_anew():
    assert roots_with(["archive=http://127.0.0.1:1/rest/"])["archive"] == "http://127.0.0.1:1/rest"
    assert roots_with([])["archive"] == ROOTS["archive"]
