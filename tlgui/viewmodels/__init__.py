"""State and intentions behind each page; no widgets."""
