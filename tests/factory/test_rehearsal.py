"""The rehearsal: it does what briefings do, shows nothing, and leaves nothing but caches."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl

from npr.analysis.outlook import open_outlook
from npr.briefing import inputs
from npr.catalogue import load_catalogue, reads
from npr.catalogue.declarations import LANGUAGES
from npr.factory import rehearsal, warm
from npr.indicators import knowledge
from npr.indicators.knowledge import keep_open, open_knowledge_base
from npr.language import messages, numbers

HOME = Path(__file__).resolve().parents[2]
INDICATOR, OTHER = "gerd_uis", "ai_all"

# In a process of its own, as the warm process is: how many threads it has before and after, and what it printed.
THREADS = f"""import os, sys
from pathlib import Path
from npr.factory import rehearsal
from npr.indicators import knowledge
from npr.indicators.knowledge import keep_open

base = keep_open(Path(sys.argv[1]), "starter", ["{INDICATOR}"])
before = len(os.listdir("/proc/self/task"))
rehearsal.rehearse(base, "{INDICATOR}")
sys.exit(len(os.listdir("/proc/self/task")) - before)"""


def test_a_rehearsal_fills_the_caches_and_changes_nothing_else(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    base = keep_open(HOME, "starter", [INDICATOR, OTHER])
    for kept in (messages._texts, numbers._separators, numbers._shown):
        kept.cache_clear()
    settings, environment = dict(mpl.rcParams), dict(os.environ)
    rehearsal.rehearse(base, INDICATOR)
    assert messages._texts.cache_info().currsize == 1
    assert numbers._separators.cache_info().currsize == len(LANGUAGES)
    assert [list(base.panel(one).full) for one in (INDICATOR, OTHER)] == [[base.catalogue.member_set]] * 2
    assert dict(mpl.rcParams) == settings
    assert dict(os.environ) == environment
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_starts_no_threads_which_copies_would_not_have():
    done = subprocess.run([sys.executable, "-c", THREADS, str(HOME)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_indicator_of_the_project_can_be_rehearsed_with():
    catalogue = load_catalogue(HOME)
    names = sorted({name for one in catalogue.briefings.values() for name in catalogue.indicators_of(one)})
    base = keep_open(HOME, "starter", names)
    for name in base.opened:
        rehearsal.rehearse(base, name)
    assert len(base.opened) > 40


def test_looking_ahead_makes_what_the_copies_share(monkeypatch):
    monkeypatch.setenv("NPR_HOME", "")  # which is set for the copies
    warm.keep(str(HOME), "starter", [INDICATOR])
    rehearsal.look_ahead(open_knowledge_base(HOME, "starter"))
    outlook = open_outlook(open_knowledge_base(HOME, "starter"))
    assert {"backtest", "dependence"} <= {*vars(outlook)}
    assert {("slow", 10, "level_pooled"), ("diffusion", 5, "naive")} <= {*outlook.backtest._judged}
    assert {at for _, _, at in outlook._fans} == {None, 2016}


def test_what_cannot_be_rehearsed_is_left_to_the_notebooks(workspace, monkeypatch):
    monkeypatch.setenv("NPR_HOME", "")
    receipt = next((workspace / "data" / "vintages" / INDICATOR).glob("*/receipt.json"))
    receipt.write_text("{}")
    warm.keep(str(workspace), "starter", [INDICATOR])  # the vintage is damaged
    warm.keep(str(workspace), "none", [INDICATOR])  # no such edition
    warm.look_ahead(str(workspace), "starter")  # the briefing lists none of what scenarios need
    assert (workspace, "starter") not in knowledge._kept


def test_a_rehearsal_is_not_taken_for_what_a_briefing_read():
    reads.forget()
    base = keep_open(HOME, "starter", [INDICATOR])
    rehearsal.rehearse(base, INDICATOR)
    assert ("indicator", INDICATOR) in reads.asked()
    reads.forget()  # as each copy does
    assert reads.asked() == set()


def test_fingerprints_that_were_foreseen_are_those_that_would_be_taken():
    base = keep_open(HOME, "starter", [INDICATOR])
    asked = [("unit", "PT_ENT"), ("area", "(all)"), ("fact", "(names)"), ("vintage", INDICATOR), ("theme", "none")]
    taken = inputs.Fingerprints(base).of(asked)
    reads.forget()
    inputs.foresee(base)
    assert reads.asked() == set()
    foreseen = inputs._foreseen[base]
    assert {*asked[:4]} <= {*foreseen._taken}
    assert foreseen.of(asked) == taken
    assert taken["theme"]["none"] == "" != taken["unit"]["PT_ENT"]
