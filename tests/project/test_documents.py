"""What the documents say is so: figures, exit codes, files, versions, and what runs on the build server."""

import json
import re
import tomllib
from itertools import count
from pathlib import Path

import yaml

import npr
from npr import errors

HOME = Path(__file__).resolve().parents[2]
README = (HOME / "README.md").read_text(encoding="utf-8")
CHANGELOG = (HOME / "CHANGELOG.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))


def receipts() -> list[dict]:
    """The receipts of the vintages that the starter edition stands on."""
    edition = yaml.safe_load((HOME / "data" / "editions" / "starter.yml").read_text(encoding="utf-8"))
    folders = [HOME / "data" / "vintages" / name / one["vintage"][:12] for name, one in edition["vintages"].items()]
    return [json.loads((folder / "receipt.json").read_text(encoding="utf-8")) for folder in folders]


def test_the_size_of_the_starter_edition_is_what_readme_and_changelog_say():
    found = receipts()
    said = f"{len(found)} indicators with {sum(one['rows'] for one in found):,} observations"
    assert said in README
    assert said.replace("indicators", "vintages") in CHANGELOG
    oecd = [one for one in found if one["publisher"] == "OECD"]
    few = [one for one in oecd if one["areas"] <= 17]
    assert (len(few), len(oecd)) == (12, 15)
    assert "Twelve of OECD's fifteen indicators cover 17 economies at most" in README


def test_the_changelog_counts_what_the_catalogue_and_the_evidence_hold():
    base = npr.open(HOME)
    held, known = base.catalogue, base.evidence
    for said in (
        f"{len(held.indicators)} indicators, {len(held.units)} units, {len(held.sources)} sources, "
        f"the {len(held.members)} OECD members and other areas, {len(held.themes)} themes",
        f"{len(known.facts)} facts, {len(known.references)} publications, the {len(known.demands)} demands of",
        f"{len(known.instruments)} classes of instruments, {len(known.terms)} terms",
    ):
        assert said in CHANGELOG
    assert f"{len(known.facts)} facts" in (HOME / "docs" / "images" / "line.svg").read_text(encoding="utf-8")


def test_the_readme_names_every_exit_code_that_can_occur():
    # 0 and 130 are no errors of ours.
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.NprError)]
    expected = {one.exit_code for one in classes} | {0, 130}
    sentence = re.search(r"Commands end with (.+)\.", README)[1]
    assert {int(one) for one in re.findall(r"\b\d+\b", sentence)} == expected


def test_the_python_of_the_readme_does_what_its_comments_say():
    (code,) = re.findall(r"```python\n(.+?)```", README, re.S)
    assert code.startswith("import npr\n")
    *before, last = code.strip().splitlines()
    expression, comment = last.split("  # ")
    names: dict = {}
    exec("\n".join(before).replace("npr.open()", f"npr.open({str(HOME)!r})"), names)  # noqa: S102 - our own README
    assert repr(eval(expression, names)).replace("\\xa0", " ") == comment  # noqa: S307


def test_every_local_link_of_the_documents_leads_somewhere():
    documents = [*HOME.glob("*.md"), *(HOME / "docs").rglob("*.md"), *HOME.glob("[bdr]*/README.md")]
    links = [
        (path, link) for path in documents for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    ]
    assert len(links) >= 8
    assert [(path.name, link) for path, link in links if not (path.parent / link).exists()] == []


def test_decisions_are_numbered_without_a_gap():
    paths = sorted((HOME / "docs" / "decisions").glob("*.md"))
    assert paths
    for number, path in zip(count(1), paths, strict=False):
        assert path.name.startswith(f"{number:04}-")
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_the_rooms_in_the_architecture_are_those_that_the_order_is_checked_for():
    text = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
    line = re.search(r"^catalogue > .+$", text, re.M)[0].split(" > ")
    *layers, workspace, disk, last = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert (workspace, disk, last) == ("workspace", "disk", "errors")
    assert line == layers[::-1]
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == line


def test_one_version_stands_everywhere():
    citation = yaml.safe_load((HOME / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == PYPROJECT["project"]["version"] == npr.__version__
    assert re.search(rf"^(## \[{npr.__version__}\]|This will be {npr.__version__}\.)", CHANGELOG, re.M)


def test_the_build_server_uses_make_alone_with_few_rights_and_no_secrets():
    text = (HOME / ".github" / "workflows" / "briefings.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {step["run"] for step in steps if "run" in step} == {"make test", "make briefings"}
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert "secrets" not in text


def test_hooks_are_local_and_use_the_project_s_own_environment():
    config = yaml.safe_load((HOME / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [one["repo"] for one in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert len(hooks) >= 5
    assert [one["id"] for one in hooks if one["language"] != "system"] == []
    assert [one["id"] for one in hooks if not one["entry"].startswith(".venv/bin/")] == []
