"""The project's virtual environment in .venv/: made once, from the lock, by one `make` at a time.

`make` runs this file with the Python that it finds; nothing but the standard library is there yet.
With `--here` the lock and the project go into the Python that runs it, for those who work with conda.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
VENV = HOME / ".venv"
READY = VENV / ".ready"
# What leads pip to a registry is the user's; what sends packages elsewhere than into the environment is left out.
PIP_ROAD = {
    "CERT", "CLIENT_CERT", "CACHE_DIR", "DEFAULT_TIMEOUT", "EXTRA_INDEX_URL", "FIND_LINKS", "INDEX_URL",
    "KEYRING_PROVIDER", "NO_CACHE_DIR", "NO_INDEX", "PROXY", "RETRIES", "TIMEOUT", "TRUSTED_HOST",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Give 0 when the environment is whole, 1 when a step failed, 2 when this Python cannot make one."""
    if arguments == ["--here"]:
        return install(Path(sys.executable))
    # The lock is let go when the process ends, however it ends, so that no stale one can stand in the way.
    with (HOME / "requirements.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return set_up()


def set_up() -> int:
    """Make the environment, unless another `make` has just made it or nothing that it is made from changed."""
    if READY.exists() and READY.read_text(encoding="utf-8") == state() and runs(VENV / "bin" / "python"):
        READY.touch()
        return 0
    if importlib.util.find_spec("ensurepip") is None:
        say(
            f"{sys.executable} cannot make a virtual environment: its module ensurepip is missing.\n"
            "Nothing was changed. Install it (Debian and Ubuntu: apt-get install python3-venv), "
            "or name another Python: make PYTHON=python3.12 ..."
        )
        return 2
    say("Setting up .venv (once; some minutes when packages have to be downloaded)")
    shutil.rmtree(VENV, ignore_errors=True)
    if run(Path(sys.executable), "-m", "venv", str(VENV)):
        say("The virtual environment could not be made. See above; then run the command again.")
        return 1
    failed = install(VENV / "bin" / "python")
    if not failed:
        READY.write_text(state(), encoding="utf-8")
    return failed


def install(python: Path) -> int:
    """Install the lock, every file checked against its hash, then the project itself in place."""
    pip = ("-m", "pip", "install", "--quiet")
    if run(python, *pip, "--require-hashes", "--requirement", "requirements.lock") or run(
        python, *pip, "--no-deps", "--no-build-isolation", "--editable", "."
    ):
        say(
            "The packages of requirements.lock could not all be installed; pip says why above.\n"
            "Only the environment was touched. Check the network, or the proxy and index that pip is told of "
            "(PIP_PROXY, PIP_INDEX_URL, PIP_CERT); then run the command again."
        )
        return 1
    return 0


def state() -> str:
    """Give what the environment is made from: its folder, and a hash of the lock and of what is declared."""
    declared = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    parts = json.dumps([declared["build-system"], declared["project"]], sort_keys=True)
    digest = hashlib.sha256((HOME / "requirements.lock").read_bytes() + parts.encode()).hexdigest()
    return f"{HOME}\n{digest}\n"


def runs(python: Path) -> bool:
    """Say whether a Python starts; one that was removed or moved does not."""
    return python.exists() and run(python, "-c", "") == 0


def run(python: Path, *arguments: str) -> int:
    """Run a Python in the project's folder, free of settings that would lead packages astray; give its exit code."""
    kept = {name: told for name, told in os.environ.items() if not name.startswith("PIP_") or name[4:] in PIP_ROAD}
    clean = {name: told for name, told in kept.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    ours = {
        "PIP_USER": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    return subprocess.run([str(python), *arguments], cwd=HOME, env=clean | ours, check=False).returncode  # noqa: S603


def say(text: str) -> None:
    """Tell a person, on standard error."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("Interrupted. The next `make` sets the environment up anew.")
        sys.exit(130)
