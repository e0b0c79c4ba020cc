"""The registry of formats: which reader opens a file with which ending."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from sinch_contacts.sources.document import Document
from sinch_contacts.sources.formats.csv.csv_table import CsvTable
from sinch_contacts.sources.formats.json.json_document import JsonDocument
from sinch_contacts.sources.formats.json.json_lines import JsonLines
from sinch_contacts.sources.formats.text_lines import decoded
from sinch_contacts.sources.formats.yaml.yaml_document import YamlDocument

MEBIBYTE: Final = 1 << 20
_WHOLE: Final = 64 * MEBIBYTE
_BY_LINE: Final = 2048 * MEBIBYTE


class Format(msgspec.Struct, frozen=True):
    """How the files of one format are read.

    Attributes:
        open: Decodes the bytes of a file.
        size: The most bytes that a file may have.
    """

    open: Callable[[bytes], Document]
    size: int


_YAML: Final = Format(lambda content: YamlDocument(decoded(content)), _WHOLE)
_JSON_LINES: Final = Format(JsonLines, _BY_LINE)
FORMATS: Final[Mapping[str, Format]] = {
    ".yaml": _YAML,
    ".yml": _YAML,
    ".json": Format(lambda content: JsonDocument(decoded(content)), _WHOLE),
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".csv": Format(CsvTable, _BY_LINE),
}
"""The formats by the endings of their files."""
