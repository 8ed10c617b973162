"""Pure comparisons: panels and values in, values out; no file, clock or network."""
