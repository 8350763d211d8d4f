"""From folders, tables and files to samples, splits and pixels; no TensorFlow."""
