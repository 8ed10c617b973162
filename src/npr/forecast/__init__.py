"""Where a series is heading and how sure that is: a baseline with a fan that has been tested against the past.

Pure numbers: arrays in, arrays out; no file, clock or network, and nothing of indicators, languages or charts.
"""
