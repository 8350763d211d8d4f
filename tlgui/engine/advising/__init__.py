"""What can be said before a training: how near, how fast, at which rate."""
