"""What tests share: the workspace that they stand in."""

import signal
from pathlib import Path

import pytest

from npr.analysis.outlook import Outlook, open_outlook
from npr.indicators.knowledge import KnowledgeBase, open_knowledge_base

# A shell starts what runs in its background with SIGINT ignored, and that would be inherited by the builds of a test.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def home() -> Path:
    """Give the workspace: the checkout itself."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    """Give the starter edition."""
    return open_knowledge_base(Path(__file__).resolve().parents[1], "starter")


@pytest.fixture(scope="session")
def outlook(base: KnowledgeBase) -> Outlook:
    """Give what the starter edition says ahead, with its back-test."""
    return open_outlook(base)
