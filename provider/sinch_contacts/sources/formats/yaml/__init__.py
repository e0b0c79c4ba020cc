"""YAML: the reader, with a quick and a careful way, and the writer."""
