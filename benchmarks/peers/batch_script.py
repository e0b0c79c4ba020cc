"""A script that sends batches with `requests`, and believes the answers."""

import json
import os
from pathlib import Path

import requests


def main() -> None:
    """Creates the contacts of the file, a thousand at a time."""
    origin, project = os.environ["SINCH_EMULATOR_URL"], os.environ["SINCH_PROJECT_ID"]
    grant = {"grant_type": "client_credentials"}
    answer = requests.post(f"{origin}/oauth2/token", grant, auth=("emulator", "emulator"), timeout=30)
    answer.raise_for_status()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    contacts = [json.loads(line) for line in Path("contacts/all.jsonl").read_text().splitlines()]
    for start in range(0, len(contacts), 1000):
        body = {"contacts": contacts[start : start + 1000]}
        session.post(f"{origin}/batch/v1/projects/{project}/contacts", json=body, timeout=60).raise_for_status()


if __name__ == "__main__":
    main()
