"""Refreshes the indicators that OECD serves: from a message of OECD to new vintages."""
