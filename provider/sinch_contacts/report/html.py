"""Plans as one HTML page that needs nothing beside itself.

The page carries its rows as JSON, and shows those that are asked for. Its policy lets exactly its own script and style
run, and nothing load.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from sinch_contacts.report import wording
from sinch_contacts.report.overview import Kind, Overview, Row

_SIGNS: Final = {
    Kind.DELETED: "\N{MINUS SIGN}",
    Kind.MOVED: "⇄",
    Kind.REPLACED: "±",
    Kind.FORGOTTEN: "○",
    Kind.CHANGED: "~",
    Kind.RENAMED: "→",
    Kind.CREATED: "+",
    Kind.AWAITED: "…",
}
_ESCAPES: Final = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"})
"""What could end the element that holds the JSON, or a line of a script; within JSON it only stands in texts."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A row as the script reads it."""

    set: int
    kind: int
    key: str
    renamed_from: str
    why: str
    place: str
    cost: str
    id: str
    origin: str
    fields: tuple[tuple[str, str | None, str | None], ...]
    remarks: tuple[str, ...]


class _Data(msgspec.Struct, frozen=True):
    """All that the script reads."""

    sets: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    rows: tuple[_Row, ...]


def html(view: Overview) -> str:
    """Renders plans as a page.

    Args:
        view: The plans.
    """
    style, script = _page("page.css"), _page("page.js")
    sizes = {kind: sum(row.kind is kind for each in view.sets for row in each.rows) for kind in Kind}
    return _template().render(
        view=view,
        wording=wording,
        kinds=[(kind, _SIGNS[kind], size) for kind, size in sizes.items() if size],
        reasons=sorted({wording.why(row) for each in view.sets for row in each.rows}),
        rows=sum(sizes.values()),
        style=Markup(style),  # noqa: S704  # our own
        script=Markup(script),  # noqa: S704  # likewise
        style_hash=_digest(style),
        script_hash=_digest(script),
        data=Markup(_json(view)),  # noqa: S704  # it has nothing that HTML would see
    )


@cache
def _template() -> Template:
    pages = PackageLoader("sinch_contacts.report", "page")
    return Environment(autoescape=True, loader=pages, undefined=StrictUndefined).get_template("page.html.jinja")


@cache
def _page(name: str) -> str:
    return (resources.files("sinch_contacts.report") / "page" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(view: Overview) -> str:
    places = {kind: place for place, kind in enumerate(Kind)}
    rows = [_row(row, number, places[row.kind]) for number, each in enumerate(view.sets) for row in each.rows]
    data = _Data(
        sets=tuple(each.title for each in view.sets),
        kinds=tuple((kind, _SIGNS[kind]) for kind in Kind),
        rows=tuple(sorted(rows, key=lambda row: row.kind)),
    )
    return msgspec.json.encode(data).decode().translate(_ESCAPES)


def _row(row: Row, number: int, kind: int) -> _Row:
    plan = row.plan
    return _Row(
        set=number,
        kind=kind,
        key=plan.key,
        renamed_from=plan.renamed_from,
        why=wording.why(row),
        place=row.place,
        cost=plan.cost,
        id=plan.id,
        origin=plan.origin,
        fields=tuple((field.name, field.before, field.after) for field in plan.fields),
        remarks=tuple(row.remarks(_quoted)),
    )


def _quoted(text: str) -> str:
    return f"“{text}”"
