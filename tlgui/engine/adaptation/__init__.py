"""Learning from files without labels, before those with labels."""
