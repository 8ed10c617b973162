"""From an executed notebook to HTML, PDF and the index page; and back from a page to its sources."""
