"""Talks to the OECD API: the only room that knows the network."""
