"""The main job from nothing: contacts in files, an emulator, and the real Pulumi engine.

Runs in a scratch folder, talks to loopback only, and leaves nothing running. Each step says what it shows, and checks
it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PROJECT = "demo"
FOREIGN = {
    "contacts": [
        {
            "external_id": "not-ours",
            "language": "EN_US",
            "display_name": "Somebody Else",
            "channel_identities": [{"channel": "SMS", "identity": "12025550199"}],
        }
    ]
}


class Failed(Exception):
    """The demo did not show what it is meant to show."""


def say(text: str) -> None:
    """Prints a headline."""
    print(f"\n\033[1m── {text}\033[0m" if sys.stdout.isatty() else f"\n── {text}", flush=True)


def expect(what: str, found: object, wanted: object) -> None:
    """Fails the demo where something is not as it should be."""
    if found != wanted:
        raise Failed(f"{what}: expected {wanted}, found {found}")


@contextmanager
def emulator() -> Iterator[str]:
    """Runs the emulator on a free port; yields its address."""
    command = [BIN / "sinch-contacts", "emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            address = re.search(r"http://\S+", line)
            if not address:
                raise Failed(f"the emulator did not start: {line}")
            print(line.strip(), flush=True)
            yield address.group()
        finally:
            process.terminate()


class Sinch:
    """The emulator, seen from outside."""

    def __init__(self, address: str) -> None:
        self._address = address

    def contacts(self) -> list[dict[str, Any]]:
        """Returns every contact of the project."""
        answer = requests.get(f"{self._address}/_emulator/contacts", {"project_id": PROJECT}, timeout=10)
        found: list[dict[str, Any]] = answer.json()["contacts"]
        return found

    def seed(self, body: Mapping[str, Any]) -> None:
        """Puts contacts there that are not ours."""
        url = f"{self._address}/_emulator/contacts?project_id={PROJECT}"
        requests.post(url, json=body, timeout=10).raise_for_status()

    def calls(self) -> dict[str, int]:
        """Returns the calls of each kind since the last time it was asked."""
        stats = requests.get(f"{self._address}/_emulator/stats", timeout=10).json()["requests"]
        requests.post(f"{self._address}/_emulator/stats/reset", timeout=10).raise_for_status()
        calls = {kind: count for kind, count in stats.items() if count}
        told = ", ".join(f"{count} {kind}" for kind, count in calls.items()) or "none"
        print(f"   calls to Sinch: {told}", flush=True)
        return calls

    def rename(self, external_id: str, name: str) -> None:
        """Changes a contact behind the back of whoever manages it."""
        contact = next(contact for contact in self.contacts() if contact["external_id"] == external_id)
        url = f"{self._address}/v1/projects/{PROJECT}/contacts/{contact['id']}?update_mask=display_name"
        answer = requests.patch(url, json={"display_name": name}, auth=("emulator", "emulator"), timeout=10)
        answer.raise_for_status()


class Project:
    """A repository of contact files, as a team would have it."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        for name in ("Pulumi.yaml", "provider/__main__.py"):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        shutil.copytree(ROOT / "examples/quickstart", folder / "contacts")
        (folder / "state").mkdir()
        (folder / "Pulumi.demo.yaml").write_text(
            "config:\n  sinch:projectId: demo\n  sinch:region: eu\n  sinch-contacts:sets:\n"
            "    friends: {source: contacts/friends.yaml}\n"
            "    customers: {source: [contacts/*.jsonl, contacts/*.csv, contacts/*.json]}\n"
        )
        self._environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "SINCH_EMULATOR_URL": address,
            "SINCH_JOURNAL_DIR": f"{folder}/journals",
            "SINCH_UNDO_DIR": f"{folder}/undo",
        }

    def pulumi(self, *arguments: str, quiet: bool = False) -> str:
        """Runs a Pulumi command, shows it with what it prints, and returns the latter."""
        if not quiet:
            print(f"\n$ pulumi {' '.join(arguments)}", flush=True)
        command = [BIN / "pulumi", *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if not quiet or done.returncode:
            print(done.stdout + done.stderr, flush=True)
        if done.returncode:
            raise Failed(f"pulumi {arguments[0]} ended with exit status {done.returncode}")
        return done.stdout

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces a text in a contact file."""
        path = self._folder / "contacts" / name
        text = path.read_text()
        expect(f"places of {old!r} in {name}", text.count(old), 1)
        path.write_text(text.replace(old, new))


def main() -> None:
    """Shows the main job."""
    started = time.monotonic()
    with emulator() as address, tempfile.TemporaryDirectory(prefix="sinch-contacts-demo-") as folder:
        show(Sinch(address), Project(Path(folder), address))
    print(f"\nAll of it in {time.monotonic() - started:.0f} s.")


def show(sinch: Sinch, project: Project) -> None:
    """Walks through the life of two contact sets."""
    sinch.seed(FOREIGN)
    project.pulumi("stack", "init", "demo", quiet=True)

    say("28 contacts in YAML, JSON Lines, CSV and JSON files: what would be created?")
    project.pulumi("preview")
    sinch.calls()

    say("Create them: one batch call for each set, confirmed by reading back")
    project.pulumi("up", "--yes", "--skip-preview")
    expect("batch calls", sinch.calls()["batch_create"], 2)
    expect("contacts", len(sinch.contacts()), 29)

    say("Nothing changed: nothing to do, and nothing is asked of Sinch")
    project.pulumi("up", "--yes", "--skip-preview")
    expect("calls", sinch.calls(), {})

    say("One contact changed, one added, one removed: the preview tells just those three")
    project.edit("friends.yaml", "language: DE", "language: FR")
    project.edit(
        "partners.csv", "partner-008,", "partner-009,EN_US,Yara Example,yara@example.net,+12025550149,\npartner-008,"
    )
    project.edit(
        "friends.yaml",
        "  bob:\n    display_name: Bob Example\n    channel_identities:\n"
        '      - { channel: SMS, identity: "+12025550102" }\n',
        "",
    )
    project.pulumi("preview", "--diff")
    sinch.calls()
    project.pulumi("up", "--yes", "--skip-preview")
    sinch.calls()

    say("Somebody renames a contact at Sinch: refresh finds it, up repairs it")
    sinch.rename("alice", "Mallory")
    project.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    sinch.calls()
    project.pulumi("up", "--yes", "--skip-preview")
    sinch.calls()
    names = {contact["external_id"]: contact["display_name"] for contact in sinch.contacts()}
    expect("the name of alice", names["alice"], "Alice Example")

    say("Destroy: what was created is deleted, what is not ours stays")
    project.pulumi("destroy", "--yes", "--skip-preview")
    sinch.calls()
    left = [contact["external_id"] for contact in sinch.contacts()]
    expect("what is left", left, ["not-ours"])
    print("   left at Sinch: the one foreign contact that was there before")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"demo: {failure}")
