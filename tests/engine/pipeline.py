"""Jobs of a pipeline, read from its own workflow files and run as GitHub Actions and GitLab CI would run them."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from secrets import token_hex
from string import Template
from threading import Thread
from typing import Any, Protocol
from urllib.parse import parse_qs

import msgspec
import yaml

from engine.workspace import BIN, Result

GH = """#!/bin/sh
test "$1 $2 $3" = "pr comment 7" && test "$GH_TOKEN" = token && test "$GH_REPO" = team/contacts || exit 1
while [ "$1" != --body-file ]; do shift; done
cp "$2" "$(mktemp "$COMMENTS/XXXXXX")"
"""
"""Stands in for GitHub's own program: it keeps the comment."""


class Step(msgspec.Struct, frozen=True):
    """A step of a job.

    Attributes:
        script: What a shell runs.
        environment: What it finds in its environment.
        always: Whether it also runs after a step that failed.
    """

    script: str
    environment: Mapping[str, str]
    always: bool = False


class Forge(Protocol):
    """Where a repository lives and its pipeline runs."""

    def steps(self, checkout: Path, job: str) -> Sequence[Step]:
        """Reads the steps of a job."""

    def comments(self) -> Sequence[str]:
        """Returns the comments on the change, in the order in which they were made."""


class GitHub:
    """GitHub Actions, with a `gh` that keeps the comments."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        self._comments = folder / "comments"
        self._comments.mkdir(parents=True)
        (folder / "gh").write_text(GH)
        (folder / "gh").chmod(0o755)
        self._environment = {"PATH": f"{folder}:{BIN}:{os.environ['PATH']}", "COMMENTS": str(self._comments)}
        self._context: dict[str, str] = {f"secrets.{name}": value for name, value in secrets.items()} | {
            "github.token": "token",
            "github.repository": "team/contacts",
            "github.event.pull_request.number": "7",
            "github.run_attempt": "1",
        }

    def steps(self, checkout: Path, job: str) -> Sequence[Step]:
        self._context |= {"runner.temp": str(checkout.parent / "temp"), "github.run_id": token_hex(4)}
        (checkout.parent / "temp").mkdir()
        workflow = yaml.safe_load((checkout / ".github/workflows/contacts.yml").read_text())
        described = workflow["jobs"][job]
        shared = self._environment | self._resolved(workflow["env"]) | self._resolved(described.get("env", {}))
        return [self._step(step, shared) for step in described["steps"] if "run" in step]

    def comments(self) -> Sequence[str]:
        return [path.read_text() for path in sorted(self._comments.iterdir(), key=lambda path: path.stat().st_mtime_ns)]

    def _step(self, step: Mapping[str, Any], shared: Mapping[str, str]) -> Step:
        environment = {**shared, **self._resolved(step.get("env", {}))}
        return Step(step["run"], environment, always="!cancelled()" in step.get("if", ""))

    def _resolved(self, environment: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: self._context[found[1]], str(value))
            for name, value in environment.items()
        }


class GitLab:
    """GitLab CI, with its API as far as comments are concerned."""

    def __init__(self, api: str, secrets: Mapping[str, str], comments: Sequence[str]) -> None:
        self._comments = comments
        self._environment = {
            **secrets,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "CONTACTS_COMMENT_TOKEN": "token",
            "CI_API_V4_URL": api,
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7",
        }

    def steps(self, checkout: Path, job: str) -> Sequence[Step]:
        pipeline = yaml.safe_load((checkout / ".gitlab-ci.yml").read_text())
        described = pipeline[job]
        job_id = {"CI_JOB_ID": token_hex(4)}
        given = pipeline["variables"] | described.get("variables", {})
        environment = (
            self._environment | job_id | {name: Template(text).substitute(job_id) for name, text in given.items()}
        )
        main = [*pipeline["default"]["before_script"], *described["script"]]
        after = described.get("after_script", [])
        return [Step("\n".join(main), environment), Step("\n".join(after), environment, always=True)]

    def comments(self) -> Sequence[str]:
        return self._comments


@contextmanager
def gitlab(secrets: Mapping[str, str]) -> Iterator[GitLab]:
    """Runs as much of GitLab as keeps the comments on merge request 7 of project 3."""
    comments: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            good = self.path == "/projects/3/merge_requests/7/notes" and self.headers["PRIVATE-TOKEN"] == "token"
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            comments.extend(form["body"] if good else [])
            self.send_response(201 if good else 404)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Notes) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield GitLab(f"http://127.0.0.1:{server.server_port}", secrets, comments)
        finally:
            server.shutdown()
            thread.join()


class Repository:
    """A team's repository, made from the example.

    Attributes:
        folder: A checkout, in which one works.
    """

    def __init__(self, folder: Path, example: Path, environment: Mapping[str, str]) -> None:
        """Copies the example and commits it.

        Args:
            folder: Where the repository and all its checkouts are to live.
            example: What is copied.
            environment: What every machine that runs a job has in its environment.
        """
        self.folder = folder / "work"
        self._runners = folder / "runners"
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("SINCH_", "PULUMI_"))}
        self._environment = {**outside, "PIP_NO_INDEX": "1", "PULUMI_SKIP_UPDATE_CHECK": "true", **environment}
        shutil.copytree(example, self.folder)
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Team")
        self.git("config", "user.email", "team@example.com")
        self.commit()

    def git(self, *arguments: str) -> str:
        """Runs Git in the checkout."""
        return subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        """Commits everything."""
        self.git("add", "--all")
        self.git("commit", "-qm", "Change")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replaces a text in a file, and commits that."""
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.commit()

    def run(self, forge: Forge, job: str) -> Result:
        """Runs a job on the commit that is checked out, on a machine of its own."""
        self._runners.mkdir(exist_ok=True)
        machine = self._runners / f"{len(list(self._runners.iterdir()))}-{job}"
        checkout, home = machine / "checkout", machine / "home"
        home.mkdir(parents=True)
        subprocess.run(["git", "clone", "-q", self.folder, checkout], check=True)
        status, output = 0, ""
        for step in forge.steps(checkout, job):
            if status and not step.always:
                continue
            done = self.shell(step.script, checkout, {**step.environment, "HOME": str(home)})
            status, output = status or done.status, output + done.output
        return Result(status, output)

    def shell(self, script: str, folder: Path, environment: Mapping[str, str]) -> Result:
        """Runs a script as both kinds of pipeline do: it ends at the first command that fails."""
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**self._environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        return Result(done.returncode, done.stdout)
