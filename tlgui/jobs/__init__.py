"""Engine processes and the one thread that watches each; the window starts them only here."""
