"""The JSON Schema of contact files, cut into the parts that are validated one by one."""

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

SCHEMA_FILE: Final = "contact-set.schema.json"
"""The file of the schema, which editors use directly."""

Schema = dict[str, Any]
"""A JSON Schema."""


@cache
def contact_set_schema() -> Schema:
    """Returns the schema of a whole file, from the wheel or from the top of a checkout."""
    packaged = resources.files("sinch_contacts") / "schemas" / SCHEMA_FILE
    source = packaged if packaged.is_file() else Path(__file__).parents[4] / "schemas" / SCHEMA_FILE
    schema: Schema = json.loads(source.read_text(encoding="utf-8"))
    return schema


def contact_schema() -> Schema:
    """Returns the schema of one contact after the defaults of its file are merged in."""
    return _with_required("channel_identities", "language")


def patch_schema() -> Schema:
    """Returns the schema of an overlay's entry for one contact, without the fields that it removes."""
    return _with_required()


def _with_required(*required: str) -> Schema:
    whole = contact_set_schema()
    contact = whole["$defs"]["contact"] | {"required": list(required)}
    return {"$schema": whole["$schema"], "$ref": "#/$defs/contact", "$defs": whole["$defs"] | {"contact": contact}}


def head_schema() -> Schema:
    """Returns the schema of a file's fields, which accepts any contacts."""
    whole = contact_set_schema()
    kept = ("$schema", "type", "required", "additionalProperties", "$defs")
    contacts = {"type": whole["properties"]["contacts"]["type"]}
    return {name: whole[name] for name in kept} | {"properties": whole["properties"] | {"contacts": contacts}}
