"""From trained weights to numbers, answers and bundles."""
