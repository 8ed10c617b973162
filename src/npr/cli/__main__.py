"""`python -m npr.cli`, the same as `npr`."""

from npr.cli import main

main()
