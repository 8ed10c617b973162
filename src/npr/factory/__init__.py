"""Runs notebooks with Papermill, renders them, and puts what they give in its place; knows what is stale."""
