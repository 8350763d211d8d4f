"""What is odd about labels: probably wrong ones, and shortcuts to right ones."""
