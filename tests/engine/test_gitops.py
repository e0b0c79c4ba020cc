"""The repository in `examples/gitops`, and every command of its pipelines, as a team would live with them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.pipeline import Forge, GitHub, Repository, gitlab
from engine.postgres import Postgres
from engine.workspace import BIN
from outside import Sinch, writes
from plan_documents import plan, row

EXAMPLE = Path(__file__).parents[2] / "examples/gitops"
PROJECT = "00000000-0000-0000-0000-000000000000"
CUSTOMERS = "contacts/customers.csv"
FORGED = msgspec.json.encode(plan("customers", row("patch", "mallory"), stack="production")).decode()


@pytest.fixture
def secrets(postgres: Postgres, tmp_path: Path) -> dict[str, str]:
    return {
        "PULUMI_BACKEND_URL": postgres.database(tmp_path.name),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "SINCH_KEY_ID": "emulator",
        "SINCH_KEY_SECRET": "emulator",
    }


@pytest.fixture(params=["GitHub", "GitLab"])
def forge(request: pytest.FixtureRequest, tmp_path: Path, secrets: dict[str, str]) -> Iterator[Forge]:
    if request.param == "GitHub":
        yield GitHub(tmp_path / "forge", secrets)
    else:
        with gitlab(secrets) as forge:
            yield forge


@pytest.fixture
def repository(tmp_path: Path, sinch: Sinch, secrets: dict[str, str]) -> Repository:
    """The example, with its stack made as its README says."""
    repository = Repository(tmp_path / "team", EXAMPLE, {"SINCH_EMULATOR_URL": sinch.url})
    (script,) = re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    commands = re.sub(r"(?m)^ *(export |python).*\n", "", script)
    path = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    made = repository.shell(commands, repository.folder, {**secrets, **path})
    assert made.status == 0, made.output
    assert "encryptionsalt" in repository.git("show", "HEAD:Pulumi.production.yaml")
    return repository


def test_a_change_goes_from_the_request_to_sinch_and_drift_is_seen(
    forge: Forge, repository: Repository, sinch: Sinch
) -> None:
    first = repository.run(forge, "up")
    assert first.status == 0, first.output
    assert writes(sinch.calls()) == {"batch_create": 2}
    assert len(sinch.by_external_id(PROJECT)) == 28

    repository.git("switch", "-qc", "fewer-customers")
    rows = (repository.folder / CUSTOMERS).read_text().splitlines(keepends=True)
    repository.replace(CUSTOMERS, "".join(rows[6:]), "")
    refused = repository.run(forge, "preview")
    assert refused.status != 0
    assert len(forge.comments()) == 1, refused.output
    (digest,) = set(re.findall(r"approve: \"?([0-9a-f]{33})", refused.output))
    assert digest in forge.comments()[-1]
    assert "refused" in forge.comments()[-1].lower()
    assert "Example" not in forge.comments()[-1]

    option = "external_id_prefix: crm-"
    repository.replace("Pulumi.production.yaml", option, f'{option}\n      approve: "{digest}"')
    approved = repository.run(forge, "preview")
    assert approved.status == 0, approved.output
    assert len(forge.comments()) == 2
    assert "approved" in forge.comments()[-1].lower()
    assert writes(sinch.calls()) == {}

    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "fewer-customers")
    merged = repository.run(forge, "up")
    assert merged.status == 0, merged.output
    assert writes(sinch.calls()) == {"batch_delete": 1}
    there = sinch.by_external_id(PROJECT)
    assert there.keys() == {"ada", "bert", "cleo", *(f"crm-{number:04d}" for number in range(1, 6))}

    assert not list(repository.folder.parent.rglob("*.undo.jsonl")), "contacts in clear are left on a runner"

    quiet = repository.run(forge, "drift")
    assert quiet.status == 0, quiet.output
    sinch.patch(there["ada"]["id"], {"display_name": "Mallory"}, PROJECT)
    sinch.calls()
    drifted = repository.run(forge, "drift")
    assert drifted.status == 2, drifted.output
    assert "ada" in drifted.output
    assert writes(sinch.calls()) == {}


def test_a_wrong_file_is_red_before_anything_is_planned(forge: Forge, repository: Repository, sinch: Sinch) -> None:
    repository.replace(CUSTOMERS, "+12025550101", "0101")

    refused = repository.run(forge, "preview")

    assert refused.status == 1
    assert f"{CUSTOMERS}:2" in refused.output
    assert forge.comments() == []
    assert sinch.calls() == {}


def test_a_plan_that_a_request_brings_is_not_what_its_comment_says(
    forge: Forge, repository: Repository, sinch: Sinch
) -> None:
    """Seen: a set left the program, and the comment said that nothing would change."""
    brought = repository.folder / "plans" / "production.customers.plan.json"
    brought.parent.mkdir()
    brought.write_text(FORGED)
    (repository.folder / ".gitignore").write_text("")
    repository.commit()
    assert brought.name in repository.git("ls-files")

    previewed = repository.run(forge, "preview")

    assert previewed.status == 0, previewed.output
    (comment,) = forge.comments()
    assert "mallory" not in comment
    assert "28 created" in comment
    assert sinch.contacts(PROJECT) == []
