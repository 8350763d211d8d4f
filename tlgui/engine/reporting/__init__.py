"""What people hand on beside a model: a report, a model card, a script."""
