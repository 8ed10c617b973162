"""The tidy table, one schema; values, years and panels that know where they come from."""
