"""`make mutants`: tells how many mutants of each module survive, and fails where others do than are listed."""

import sys
import time
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from mutants.equivalent import complaints, reasons_of
from mutants.subject import Mutant, subject_of
from mutants.trial import TrialFailed, trials

_LISTS: Final = Path("tests/mutants")
_RESULT: Final = Path("test-artefacts/mutants.json")
_ROW: Final = "{:<40}{:>9}{:>9}{:>12}{:>10}{:>9}"


def main(named: Collection[str]) -> int:
    """Tries the mutants of the listed modules, or of some of them, and returns the exit status."""
    modules = {name: tests for name, tests in _read("modules.toml").items() if not named or name in named}
    reasons = reasons_of(_read("equivalent.toml").get("equivalent", []))
    killed: dict[Mutant, bool] = {}
    print(_ROW.format("module", "mutants", "killed", "equivalent", "survived", "seconds"))
    for module, tests in modules.items():
        started = time.monotonic()
        found = _judge(module, tests)
        left = {mutant for mutant in found if not found[mutant]}
        numbers = (len(found), len(found) - len(left), len(left & reasons.keys()), len(left - reasons.keys()))
        print(_ROW.format(module, *numbers, round(time.monotonic() - started)), flush=True)
        killed |= found
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_bytes(msgspec.json.encode([{**msgspec.structs.asdict(one), "killed": killed[one]} for one in killed]))
    told = list(complaints(killed, reasons, modules))
    print("\n\n".join(told))
    return bool(told)


def _judge(module: str, tests: Sequence[str]) -> Mapping[Mutant, bool]:
    subject = subject_of(module, Path("provider", *module.split(".")).with_suffix(".py"))
    unchanged = Mutant(module, "", "", "", "unchanged")
    if dict(trials(subject, {unchanged: lambda: None}, tests))[unchanged]:
        raise TrialFailed(f"The tests of {module} fail on the module as it is.")
    killed = dict(trials(subject, subject.mutants, tests))
    return {mutant: killed[mutant] for mutant in subject.mutants}


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_LISTS / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
