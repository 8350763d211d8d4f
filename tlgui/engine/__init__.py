"""Everything that computes; no Qt."""
