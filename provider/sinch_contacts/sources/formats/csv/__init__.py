"""CSV: the reader and the writer."""
