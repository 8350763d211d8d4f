"""tlgui: fine-tune pretrained models on your own pictures and texts."""

__version__ = "0.1.0"
