"""Swedish and English: numbers, dates, names and messages; nothing falls back silently."""
