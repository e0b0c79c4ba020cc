"""Faults of the API on the real engine: rejects, lost answers, and what must not show while things go wrong."""

import re
from collections.abc import Callable
from pathlib import Path

from engine.workspace import Workspace
from outside import Sinch, people, person, writes

SECRET = "sk-7h3-v3ry-s3cr3t-k3y"


def test_bad_rows_are_named_with_file_and_line_and_the_mended_ones_go_in_one_call(
    make_workspace: Callable[..., Workspace], sinch: Sinch
) -> None:
    workspace = make_workspace(SINCH_REQUESTS_PER_SECOND="2000")
    contacts = people(1000)
    bad = [f"person-{number:05d}" for number in (3, 500, 998)]
    workspace.write(contacts)
    sinch.faults(*({"kind": "reject_item", "operation": "batch_create", "match": key, "times": None} for key in bad))

    failed = workspace.up(status=None)

    lines = (workspace.folder / "contacts" / "all.json").read_text().splitlines()
    for key in bad:
        line = next(number for number, text in enumerate(lines, 1) if f'"{key}"' in text)
        assert re.search(rf"contacts/all\.json:{line}: {key}: rejected: .+", failed.output)
    assert writes(sinch.calls())["batch_create"] <= 40
    assert sinch.by_external_id().keys() == contacts.keys() - set(bad)

    sinch.faults()
    workspace.up()
    assert writes(sinch.calls()) == {"batch_create": 1}
    assert sinch.by_external_id().keys() == contacts.keys()


def test_rejected_rows_within_max_rejects_are_told_and_tried_again_and_only_they(
    make_workspace: Callable[..., Workspace], sinch: Sinch
) -> None:
    workspace = make_workspace()
    workspace.one_set(', max_rejects="5%"')
    workspace.write(people(40))
    fault = {"kind": "reject_item", "operation": "batch_create", "match": "person-00007", "times": None}
    sinch.faults(fault)
    told = workspace.up()
    assert "1 rejected, as max_rejects allows" in told.output
    assert "person-00007: rejected" in told.output
    sinch.calls()
    workspace.up()
    assert writes(sinch.calls()) == {"batch_create": 1}
    sinch.faults()
    workspace.up()
    assert len(sinch.by_external_id()) == 40


def test_a_lost_answer_on_the_third_of_five_batches_doubles_nothing_and_repeats_nothing(
    make_workspace: Callable[..., Workspace], sinch: Sinch, tmp_path: Path
) -> None:
    workspace = make_workspace(SINCH_REQUESTS_PER_SECOND="2000", SINCH_JOURNAL_DIR=str(tmp_path / "first"))
    workspace.write(people(5000))
    sinch.faults({"kind": "lose_response", "operation": "batch_create", "after": 2})

    workspace.up()

    assert writes(sinch.calls()) == {"batch_create": 5}
    assert len(sinch.by_external_id()) == 5000
    workspace.environment["SINCH_JOURNAL_DIR"] = str(tmp_path / "another machine")
    workspace.up()
    assert sinch.calls() == {}


def test_nothing_personal_and_no_credential_shows_anywhere_while_things_go_wrong(
    make_workspace: Callable[..., Workspace], sinch: Sinch, tmp_path: Path
) -> None:
    journals = tmp_path / "journals"
    workspace = make_workspace(SINCH_SETTLE_TIME="2", SINCH_CONFIRM_TIMEOUT="2", SINCH_JOURNAL_DIR=str(journals))
    contacts = {
        f"member-{number}": person(number, email=f"private{number}@example.org", metadata=f"diagnosis-{number}-secret")
        for number in range(1, 31)
    }
    contacts["+12029990000"] = person(9990000)
    workspace.write(contacts)
    shown: list[str] = []
    for faults in (
        [{"kind": "reject_item", "operation": "batch_create", "match": "12020000007", "times": None}],
        [{"kind": "drop_item", "operation": "batch_create", "match": "12020000009", "times": None}],
        [{"kind": "error_before", "operation": "batch_create", "times": None}],
        [{"kind": "html_error", "operation": "list", "times": None}, {"kind": "html_error", "operation": "find"}],
    ):
        sinch.faults(*faults)
        shown.append(workspace.start("up", "--yes", "--diff").communicate(timeout=120)[0])
    contacts["member-31"] = person(31)
    workspace.write(contacts)
    bad_key = workspace.environment | {"SINCH_KEY_ID": "emulator", "SINCH_KEY_SECRET": SECRET}
    workspace.environment, good_key = bad_key, workspace.environment
    sinch.faults()
    shown.append(workspace.run("up", "--yes", "--diff", status=None).output)
    workspace.environment = good_key
    shown.append(workspace.run("up", "--yes", "--diff", "-v=3", "--logtostderr").output)
    shown += [workspace.export(), workspace.run("refresh", "--yes", "--diff").output]
    files = [path for path in journals.rglob("*") if path.is_file()]
    shown += [str(path) for path in files] + [path.read_text() for path in files]

    everything = "\n".join(shown)
    for contact in contacts.values():
        personal = [contact["channel_identities"][0]["identity"].removeprefix("+"), contact["display_name"]]
        personal += [contact.get("email", "@@"), contact.get("metadata", "@@")]
        assert not [text for text in personal if text in everything]
    assert "12029990000" not in everything
    assert SECRET not in everything
    assert "Bearer " not in everything
    assert "Traceback" not in everything
    assert len(files) >= 1
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_keys_that_a_screen_or_a_forge_would_obey_are_shown_as_escapes(workspace: Workspace, sinch: Sinch) -> None:
    contacts = {"\u202egnp.exe": person(1), "##[add-mask]b": person(2), "::add-mask::c": person(3)}
    workspace.write(contacts)
    sinch.faults({"kind": "reject_item", "operation": "batch_create", "times": None})

    shown = [workspace.run("preview", "--diff").output, workspace.up(status=None).output]

    for output in shown:
        assert "\u202e" not in output
        assert "##[" not in output
        assert not re.search(r"^\s*::", output, re.MULTILINE)
        assert r"\u202egnp.exe" in output
