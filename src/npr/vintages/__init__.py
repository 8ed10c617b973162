"""The write-once store of what sources said: vintages addressed by their content, and the editions that lock them."""
