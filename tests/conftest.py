"""What tests share: the workspace that they stand in."""

from pathlib import Path

import pytest


@pytest.fixture
def home() -> Path:
    """Give the workspace: the checkout itself."""
    return Path(__file__).resolve().parents[1]
