"""The rehearsal of rendering: it loads what copies use, and neither threads nor what they do not use."""

import subprocess
import sys

from npr.language import messages
from npr.publish import rehearsal, templating

# In a process of its own, as the press is: the threads that came, what it has imported, and what it printed.
ALONE = """import os, sys
from npr.factory import press

before = len(os.listdir("/proc/self/task"))
press.rehearsal.rehearse()
print(len(os.listdir("/proc/self/task")) - before, {"pandas", "matplotlib", "IPython", "ipykernel"} & {*sys.modules})"""


def test_a_rehearsal_fills_the_caches(capsys):
    templating.environment.cache_clear()
    messages._texts.cache_clear()
    rehearsal.rehearse()
    assert list(templating.environment().cache) != []  # the page's template is compiled
    assert messages._texts.cache_info().currsize == 1
    assert capsys.readouterr() == ("", "")


def test_the_press_starts_no_threads_and_imports_nothing_that_only_notebooks_use():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 set()\n", "")
