"""Plan files: finding them, reading them, and judging them by the schema."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import msgspec

from sinch_contacts.core.contact.showing import shown_text
from sinch_contacts.core.errors import ContactsError, listing
from sinch_contacts.core.review.plan_document import VERSION, PlanDocument

PATTERN: Final = "*.plan.json"
"""Names of the plan files in a folder."""

_SCHEMA: Final = "plan.schema.json"
_Stack = tuple[str, str, str]


class InvalidPlanFiles(ContactsError):
    """Plan files cannot be read.

    Attributes:
        problems: One line for each file that is wrong.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        what = "a plan file is wrong" if count == 1 else f"{count:,} plan files are wrong"
        super().__init__(
            f"Nothing was rendered, since {what}:{listing(problems)}",
            "\nName the files, or their folder, that `pulumi preview` wrote to SINCH_PLAN_DIR (or sinch:planDir).",
        )
        self.problems = tuple(problems)


class _Wrong(Exception):
    """Why a file is no plan that we can read."""


def read_plans(paths: Sequence[str], run: str = "") -> tuple[PlanDocument, ...]:
    """Reads plan files, each of them once.

    Args:
        paths: Files, and folders whose plan files are read.
        run: The run that must have made them; empty for any.

    Returns:
        The plans in the order of projects, stacks and sets.

    Raises:
        InvalidPlanFiles: At least one file is wrong; all that are wrong are told.
    """
    plans: dict[_Stack, tuple[str, PlanDocument]] = {}
    problems: list[str] = []
    for path in dict.fromkeys(file for named in paths for file in _files(Path(named))):
        name = shown_text(str(path))
        try:
            plan = _plan(path, run)
        except _Wrong as wrong:
            problems.append(f"{name}: {wrong}")
            continue
        key = (plan.project, plan.stack, plan.set)
        if key in plans:
            problems.append(f"{name}: it is of the same set as {plans[key][0]}; take the older of the two away")
        else:
            plans[key] = (name, plan)
    if problems:
        raise InvalidPlanFiles(problems)
    return tuple(plans[key][1] for key in sorted(plans))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(path.glob(PATTERN))
    else:
        yield path


def _plan(path: Path, run: str) -> PlanDocument:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _Wrong("there is no such file") from None
    except OSError as error:
        raise _Wrong(f"it cannot be read ({error.strerror})") from None
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _Wrong("it is not JSON") from None
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise _Wrong(f"it is of version {version}, and this program reads up to {VERSION}; install a later one")
    if defect := next(_validator().iter_errors(value), None):
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in defect.instance_path)
        raise _Wrong(f"it is not a plan: {shown_text(place.lstrip('.')) or 'all of it'} is not as {_SCHEMA} says")
    plan = msgspec.convert(value, PlanDocument)
    if run and plan.run != run:
        raise _Wrong(f"it was not made by this run ({shown_text(run)}), so it says nothing of what would be done")
    return plan


@cache
def _validator() -> Any:
    packaged = resources.files("sinch_contacts") / "schemas" / _SCHEMA
    source = packaged if packaged.is_file() else Path(__file__).parents[3] / "schemas" / _SCHEMA
    return jsonschema_rs.validator_for(json.loads(source.read_text(encoding="utf-8")))
