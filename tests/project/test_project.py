"""The project as a whole: dependencies agree, rooms keep to themselves, nothing stands where it should not."""

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

HOME = Path(__file__).resolve().parents[2]
ALONE = {
    "matplotlib": {"figures"},
    "papermill": {"factory"},
    "nbconvert": {"publish"},
    "pyarrow": {"oecd", "refresh", "vintages"},  # reads the messages, splits them, keeps the vintages
    "IPython": {"briefing"},
    "requests": {"oecd"},
    "urllib3": {"oecd"},
    "upath": {"vintages"},  # what is read and what is made may lie anywhere
    "ipykernel": {"factory"},
    "nbclient": {"factory"},
    "distributed": {"factory"},
    "psutil": {"factory"},
    "snowballstemmer": {"search"},
    "xlsxwriter": {"publish"},
}


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=HOME, capture_output=True, text=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("not in a git checkout")
    return [HOME / name for name in listed.stdout.splitlines() if (HOME / name).exists()]


@pytest.fixture
def pyproject() -> dict:
    return tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def locked() -> dict[str, set[str]]:
    """The versions of each locked package; one that differs between Pythons has several."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", (HOME / "requirements.lock").read_text(), re.M):
        found.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return found


def direct(pyproject: dict) -> list[Requirement]:
    project = pyproject["project"]
    return [Requirement(one) for one in (*project["dependencies"], *project["optional-dependencies"]["dev"])]


def test_every_direct_dependency_is_locked_in_a_version_that_fits(pyproject, locked):
    for one in direct(pyproject):
        versions = locked.get(one.name.lower().replace("_", "-"))
        assert versions, f"{one.name} is not in requirements.lock: run `make lock`"
        assert all(one.specifier.contains(version) for version in versions), one


def test_every_direct_dependency_has_its_reason_on_its_line():
    text = (HOME / "pyproject.toml").read_text(encoding="utf-8")
    lines = text[text.index("dependencies = [") : text.index("[project.scripts]")].splitlines()
    listed = [line for line in lines if re.match(r'    "[a-z]', line)]
    assert len(listed) >= 30
    assert [line for line in listed if "  # " not in line] == []


def test_every_locked_package_has_hashes_and_no_address():
    text = (HOME / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text[text.index("\n") :])[1:]
    assert len(entries) > 100
    assert [one.splitlines()[0] for one in entries if "--hash=sha256:" not in one] == []
    assert "://" not in text


def test_the_conda_environment_gives_a_python_that_the_project_takes_then_the_lock(pyproject):
    environment = yaml.safe_load((HOME / "environment.yml").read_text(encoding="utf-8"))
    conda = [Requirement(one) for one in environment["dependencies"] if isinstance(one, str)]
    (by_pip,) = [one["pip"] for one in environment["dependencies"] if isinstance(one, dict)]
    assert [one.name for one in conda] == ["python", "make", "pip"]
    assert conda[0].specifier == SpecifierSet(pyproject["project"]["requires-python"])
    assert by_pip == ["--requirement requirements.lock"]


def test_only_what_belongs_stands_at_the_top():
    folders = {"notebooks", "data", "src", "reports", "tests", "docs", "benchmarks", ".ci", ".github"}
    files = {
        "environment.yml", "pyproject.toml", "requirements.lock", "Makefile", "README.md", "CONTRIBUTING.md",
        "CHANGELOG.md", "LICENSE", "CITATION.cff", ".gitignore", ".gitattributes", ".pre-commit-config.yaml",
    }  # fmt: skip
    assert {path.relative_to(HOME).parts[0] for path in committed()} <= folders | files


def test_no_committed_file_names_a_registry_or_a_path_of_one_machine():
    # Put together here, so that this file does not hold them itself.
    hosts = ["py" + "pi.org", "python" + "hosted", "registry." + "npm", "deb." + "debian", "/ro" + "ot/", "/ho" + "me/"]
    for path in committed():
        if path.suffix in {".parquet", ".gz", ".ttf", ".woff2", ".png"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert [host for host in hosts if host in text] == [], path


def test_no_module_is_longer_than_it_should_be():
    long = {path.name: len(path.read_text().splitlines()) for path in (HOME / "src").rglob("*.py")}
    assert {name: count for name, count in long.items() if count > 320} == {}


def test_a_library_is_imported_by_one_room_only():
    for path in (HOME / "src" / "npr").rglob("*.py"):
        room = path.relative_to(HOME / "src" / "npr").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                owner = ALONE.get(name.partition(".")[0])
                assert owner is None or room in owner, f"{path} imports {name}"


def test_notebooks_are_stripped_and_import_npr_alone():
    notebooks = sorted((HOME / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
        for source in (one for one in code if not one.startswith("%%")):
            assert not re.search(r"^\s*(def|class) ", source, re.M), source
            imported = re.findall(r"^\s*(?:from|import) (\w+)", source, re.M)
            assert set(imported) <= {"npr", "pandas"}


def test_the_readme_names_commands_that_exist():
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    assert {"briefings", "test"} <= set(re.findall(r"make ([a-z]+)", readme))
    assert all(re.search(rf"^{one}:", makefile, re.M) for one in set(re.findall(r"`?make ([a-z]+)", readme)))
    from npr.cli import app

    commands = {one.callback.__name__ for one in app.registered_commands} | {one.name for one in app.registered_groups}
    named = (
        r"npr (build|status|check|trace|fetch|edition|diff|search|references|scenarios|backtest|why|pack|site|lab)\b"
    )
    assert set(re.findall(named, readme)) == commands
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme):
        assert (HOME / picture).exists(), picture


def test_the_guide_to_notebooks_names_calls_that_exist():
    from npr.briefing.session import Session

    guide = (HOME / "docs" / "notebooks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`b\.(\w+)|\{b\.(\w+)", guide))
    calls = {one or other for one, other in named}
    assert len(calls) > 20
    assert {one for one in calls if not hasattr(Session, one)} == set()
