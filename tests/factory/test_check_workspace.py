"""Faults planted in every kind of file are all told in one run."""

import json

import pytest

from factory_specimens import cells, write_notebook
from npr.errors import ContentError, IntegrityError
from npr.factory.check import check_workspace


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text, path
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_a_workspace_in_order_is_counted(workspace):
    line, review = check_workspace(workspace)
    assert line.endswith("1 briefings, 1 editions, 47 vintages")
    assert review == []


def test_ten_faults_in_declarations_evidence_and_lock_are_all_told_at_once(workspace):
    catalogue, evidence = workspace / "data" / "catalogue", workspace / "data" / "evidence"
    indicators = catalogue / "indicators"
    change(catalogue / "units.yml", "decimals: 1", "decimals: one")
    change(catalogue / "units.yml", "sv: procent av BNP", "se: procent av BNP")
    change(indicators / "ai_all.yml", "unit: PT_ENT", "unit: PT_ENTT")
    change(indicators / "ai_small.yml", "direction: higher", "direction: up")
    change(indicators / "ai_medium.yml", "few_waves", "few_wawes")
    change(indicators / "ai_large.yml", "  sv: ", "  sw: ")
    change(indicators / "gerd.yml", "source: ", "sorce: ")
    (catalogue / "briefings" / "demo.yml").write_text("id: demo\n  title: [", encoding="utf-8")
    change(evidence / "facts" / "npr.yml", "reference: ", "reference: no-")
    change(evidence / "facts" / "npr.yml", "themes: [npr", "themes: [nrp")
    change(workspace / "data" / "editions" / "starter.yml", "frozen: ", "frosen: ")
    with pytest.raises(ContentError) as caught:
        check_workspace(workspace)
    told = {(fault.file.removeprefix("data/"), fault.key) for fault in caught.value.faults}
    files = {file for file, _ in told}
    assert files == {
        "catalogue/units.yml", "catalogue/indicators/ai_all.yml", "catalogue/indicators/ai_small.yml",
        "catalogue/indicators/ai_medium.yml", "catalogue/indicators/ai_large.yml", "catalogue/indicators/gerd.yml",
        "catalogue/briefings/demo.yml", "evidence/facts/npr.yml", "editions/starter.yml",
    }  # fmt: skip
    assert len([key for file, key in told if file == "catalogue/units.yml"]) >= 2
    assert len([key for file, key in told if file == "evidence/facts/npr.yml"]) >= 2
    assert "Notebooks are checked when" in str(caught.value)


def test_outputs_left_in_a_notebook_are_a_fault(workspace):
    path = workspace / "notebooks" / "demo.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1]["execution_count"] = 3
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ContentError, match=r"cell open: outputs: expected none.*nbstripout"):
        check_workspace(workspace)


def test_a_notebook_that_is_gone_or_no_python_is_told_once(workspace):
    write_notebook(workspace, ("parameters", "country: str = ="), *cells()[1:])
    with pytest.raises(ContentError) as caught:
        check_workspace(workspace)
    assert [fault.key for fault in caught.value.faults] == ["line 1"]
    (workspace / "notebooks" / "demo.ipynb").unlink()
    with pytest.raises(ContentError) as caught:
        check_workspace(workspace)
    assert [fault.found for fault in caught.value.faults] == ["no such file"]


def test_damage_and_faults_are_told_together_with_the_code_of_integrity(workspace):
    path = next((workspace / "data" / "vintages" / "gerd").glob("*/receipt.json"))
    path.write_text(path.read_text(encoding="utf-8").replace("OECD", "OECC", 1), encoding="utf-8")
    write_notebook(workspace, *cells(("n-sv", "%%sv\nMinst 42."), ("n-en", "%%en\nAt least 42.")))
    with pytest.raises(IntegrityError) as caught:
        check_workspace(workspace)
    assert "gerd" in str(caught.value)
    assert str(caught.value).count("expected an {expression}") == 2


def test_a_lock_file_that_is_no_yaml_is_damage(workspace):
    (workspace / "data" / "editions" / "starter.yml").write_text("edition: [", encoding="utf-8")
    with pytest.raises(IntegrityError, match="lock file of edition starter"):
        check_workspace(workspace)
