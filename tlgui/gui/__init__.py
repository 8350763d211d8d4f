"""The widgets of the window; they draw view-models and hold no numbers."""
