"""Runs notebooks with Papermill, renders them, and puts what they give in its place; knows what is stale."""

import sys
from typing import Any

# jsonschema, which reads notebooks, builds a grammar of internet addresses when it is imported and finds this package.
# No schema of notebooks asks for one, and the building takes three seconds in every worker. Without it, it goes on.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)
