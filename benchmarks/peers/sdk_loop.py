"""A loop with the official SDK: one call for each contact."""

import json
import os
from pathlib import Path

from sinch import SinchClient  # type: ignore[import-untyped]


def main() -> None:
    """Creates every contact of the file."""
    client = SinchClient(
        project_id=os.environ["SINCH_PROJECT_ID"],
        key_id="emulator",
        key_secret="emulator",
        conversation_region="eu",
    )
    client.configuration.auth_origin = client.configuration.conversation_origin = os.environ["SINCH_EMULATOR_URL"]
    for line in Path("contacts/all.jsonl").read_text().splitlines():
        client.conversation.contacts.create(**json.loads(line))


if __name__ == "__main__":
    main()
