"""Ordinary made-up people in any number, and the files that declare them."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

FORMATS: Final = ("yaml", "json", "jsonl", "csv")
Person = dict[str, Any]
"""A contact as a file declares it, its external id among the fields."""


def people(count: int, first: int = 0) -> Iterator[Person]:
    """Makes people with two channels, a name, an address and metadata; the same ones each time."""
    random = Random(7)  # noqa: S311  # nobody is to be kept from guessing them
    for number in range(first, first + count):
        phone = f"+1202{number:07d}"
        yield {
            "external_id": f"customer-{number:07d}",
            "language": random.choice(["EN_US", "DE", "FR", "ES"]),
            "display_name": f"{random.choice(['Ana', 'Bo', 'Carla'])} Person {number}",
            "email": f"person{number}@example.com",
            "metadata": f'{{"tier":"{random.choice(["gold", "silver"])}","row":{number}}}',
            "channel_identities": [{"channel": channel, "identity": phone} for channel in ("SMS", "WHATSAPP")],
        }


def renamed(some: Sequence[Person], every: int) -> list[Person]:
    """Returns the people, every so many of them with another name."""
    return [
        {**person, "display_name": f"{person['display_name']} Renamed"} if number % every == 0 else person
        for number, person in enumerate(some)
    ]


def write(some: Sequence[Person], folder: Path, form: str = "jsonl") -> Path:
    """Writes a contact file `all` of the given format, in the place of any other; returns where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"all.{form}"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_WRITERS[form](some))
    return path


def _json_lines(some: Sequence[Person]) -> Iterator[str]:
    return (f"{json.dumps(person)}\n" for person in some)


def _json(some: Sequence[Person]) -> Iterator[str]:
    yield '{"contacts": {\n'
    for number, person in enumerate(some):
        fields = {name: value for name, value in person.items() if name != "external_id"}
        yield f"{',' if number else ''}{json.dumps(person['external_id'])}: {json.dumps(fields)}\n"
    yield "}}\n"


def _yaml(some: Sequence[Person]) -> Iterator[str]:
    yield "contacts:\n"
    for person in some:
        identities = "".join(
            f'      - {{ channel: {identity["channel"]}, identity: "{identity["identity"]}" }}\n'
            for identity in person["channel_identities"]
        )
        texts = "".join(f"    {name}: {person[name]}\n" for name in ("language", "display_name", "email"))
        yield (
            f"  {person['external_id']}:\n{texts}    metadata: '{person['metadata']}'\n"
            f"    channel_identities:\n{identities}"
        )


def _csv(some: Sequence[Person]) -> Iterator[str]:
    texts = ("external_id", "language", "display_name", "email", "metadata")
    yield f"{','.join(texts)},SMS,WHATSAPP\n"
    for person in some:
        line = io.StringIO()
        cells = [person[name] for name in texts]
        csv.writer(line, lineterminator="\n").writerow(
            cells + [identity["identity"] for identity in person["channel_identities"]]
        )
        yield line.getvalue()


_WRITERS: Final = {"yaml": _yaml, "json": _json, "jsonl": _json_lines, "csv": _csv}
