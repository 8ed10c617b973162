"""Files appear whole or not at all; what dead processes left goes, what living ones write stays."""

import os
import subprocess
import sys

import pytest

from npr import disk


def test_a_file_is_written_with_its_folder_and_over_an_earlier_one(tmp_path):
    path = tmp_path / "new" / "lock.yml"
    disk.write_whole(path, b"one")
    disk.write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [one.name for one in path.parent.iterdir()] == ["lock.yml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_step_that_fails_keeps_what_was_there_and_leaves_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / "lock.yml"
    disk.write_whole(path, b"one")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        disk.write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert [one.name for one in tmp_path.iterdir()] == ["lock.yml"]


def test_only_what_an_ended_process_left_is_swept(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone = [tmp_path / f".a.yml.{ended.pid}-0a1b.part", tmp_path / f".taking-{ended.pid}-0a1b"]
    kept = [tmp_path / disk.aside_name("b.yml"), tmp_path / f".taking-{os.getpid()}-0a1b", tmp_path / "notes.part"]
    for path in (gone[0], kept[0], kept[2]):
        path.write_text("half")
    for path in (gone[1], kept[1]):
        path.mkdir()
        (path / "raw.csv.gz").write_text("half")
    disk.sweep(tmp_path.iterdir())
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_this_process_lives_and_an_ended_one_does_not():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert disk.lives(os.getpid())
    assert not disk.lives(ended.pid)
