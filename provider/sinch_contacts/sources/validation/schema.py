"""The JSON Schema of contact files, cut into the parts that are judged one by one."""

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

SCHEMA_FILE: Final = "contact-set.schema.json"
"""The schema's file; editors use it as it is."""

Schema = dict[str, Any]
"""A JSON Schema."""


@cache
def contact_set_schema() -> Schema:
    """Returns the schema of a whole file. A wheel carries it; a checkout has it at its top."""
    packaged = resources.files("sinch_contacts") / "schemas" / SCHEMA_FILE
    source = packaged if packaged.is_file() else Path(__file__).parents[4] / "schemas" / SCHEMA_FILE
    schema: Schema = json.loads(source.read_text(encoding="utf-8"))
    return schema


def contact_schema() -> Schema:
    """Returns the schema of one contact after the defaults of its file are merged in."""
    return _with_required("channel_identities", "language")


def patch_schema() -> Schema:
    """Returns the schema of what an overlay says of one contact, without the fields that it takes out."""
    return _with_required()


def _with_required(*required: str) -> Schema:
    whole = contact_set_schema()
    contact = whole["$defs"]["contact"] | {"required": list(required)}
    return {"$schema": whole["$schema"], "$ref": "#/$defs/contact", "$defs": whole["$defs"] | {"contact": contact}}


def head_schema() -> Schema:
    """Returns the schema of a file's fields, with no look at the contacts themselves."""
    whole = contact_set_schema()
    kept = ("$schema", "type", "required", "additionalProperties", "$defs")
    contacts = {"type": whole["properties"]["contacts"]["type"]}
    return {name: whole[name] for name in kept} | {"properties": whole["properties"] | {"contacts": contacts}}
