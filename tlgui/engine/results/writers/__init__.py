"""One module per format: from a trained model to the files of a bundle."""
