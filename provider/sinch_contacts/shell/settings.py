"""Settings and credentials: where they come from and which source wins.

The environment beats the stack config, because `pulumi destroy` and `pulumi refresh` see the config of the last
`pulumi up`, not today's: a rotated secret can only reach them through the environment.
"""

import os
from collections.abc import Callable, Mapping
from math import nan
from typing import Any, Final
from unicodedata import category

from sinch_contacts.api.credentials import Credentials
from sinch_contacts.api.settings import ApiSettings
from sinch_contacts.apply.settings import MOST, ApplySettings
from sinch_contacts.core.errors import SettingError
from sinch_contacts.core.plan.reading import parse_reading

EMULATOR_CREDENTIALS: Final = Credentials("emulator", "emulator")
"""What the emulator accepts; used where an emulator is set and no credentials are."""

UNDO_DAYS: Final = 30.0
"""Days for which undo bundles are kept."""

_UNUSABLE: Final = frozenset({"Cc", "Cs"})
"""Control characters, and halves of characters, as which bytes of the environment come that are not UTF-8."""

Lookup = Callable[[str], Any]
"""Returns the stack config's value of a key such as `sinch:projectId`, or nothing."""

_VARIABLES: Final[Mapping[str, str]] = {
    "projectId": "SINCH_PROJECT_ID",
    "region": "SINCH_REGION",
    "keyId": "SINCH_KEY_ID",
    "keySecret": "SINCH_KEY_SECRET",
    "emulatorUrl": "SINCH_EMULATOR_URL",
    "requestsPerSecond": "SINCH_REQUESTS_PER_SECOND",
    "confirmTimeout": "SINCH_CONFIRM_TIMEOUT",
    "settleTime": "SINCH_SETTLE_TIME",
    "concurrency": "SINCH_CONCURRENCY",
    "reading": "SINCH_READING",
    "previewCalls": "SINCH_PREVIEW_CALLS",
    "journalDir": "SINCH_JOURNAL_DIR",
    "planDir": "SINCH_PLAN_DIR",
    "shard": "SINCH_SHARD",
    "explain": "SINCH_EXPLAIN",
    "explainReveal": "SINCH_EXPLAIN_REVEAL",
    "undoDir": "SINCH_UNDO_DIR",
    "undoDays": "SINCH_UNDO_DAYS",
    "maxStackDeletes": "SINCH_MAX_STACK_DELETES",
    "maxStackChanges": "SINCH_MAX_STACK_CHANGES",
    "productionProjects": "SINCH_PRODUCTION_PROJECTS",
}

PREVIEW_CALLS: Final = 25
"""Calls that the first preview of a set may spend on looking at Sinch."""


class Settings:
    """The settings of a process: the environment, then the stack config."""

    def __init__(self, config: Lookup, environment: Mapping[str, str] = os.environ) -> None:
        self._config = config
        self._environment = environment

    @property
    def plan_run(self) -> str:
        """What the pipeline calls its run, so that its plan documents are told from others; no config can say it."""
        return self._environment.get("SINCH_PLAN_RUN", "").strip()

    @property
    def moved_from(self) -> str:
        """Where contacts were before that are the same now; the environment alone can tell it."""
        return self._environment.get("SINCH_MOVED_FROM", "").strip().rstrip("/").lower()

    def text(self, name: str) -> str:
        """Returns a setting by its config name without `sinch:`; empty where it is set nowhere.

        Raises:
            SettingError: It cannot be written anywhere: it holds a control character, or bytes that are not UTF-8.
        """
        text = (self._environment.get(_VARIABLES[name], "") or str(self._config(f"sinch:{name}") or "")).strip()
        if any(category(letter) in _UNUSABLE for letter in text):
            message = f"The setting {both_names(name)} holds a control character, or is not UTF-8."
            raise SettingError(f"sinch:{name}", message, "Correct it.")
        return text

    def required(self, name: str) -> str:
        """Returns a setting that has to be set, by its config name without `sinch:`.

        Raises:
            SettingError: It is set nowhere.
        """
        if text := self.text(name):
            return text
        secret = " --secret" if name == "keySecret" else ""
        raise SettingError(
            f"sinch:{name}",
            f"{both_names(name)} is not set.",
            f"Export {_VARIABLES[name]}, or run `pulumi config set{secret} sinch:{name} …`.",
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """Returns a setting that is a list: several texts with commas between, or a list in stack config."""
        parts = (part.strip(" \t\r\n\"'") for part in self.text(name).strip("[]").split(","))
        return tuple(part for part in parts if part)

    def number(self, name: str, default: float) -> float:
        """Returns a setting that is a number of 0 or more, within reason, or its default where it is set nowhere.

        Raises:
            SettingError: It is not one.
        """
        if not (text := self.text(name)):
            return default
        try:
            number = float(text)
        except ValueError:
            number = nan
        if not 0 <= number <= MOST:
            message = f"The setting {both_names(name)} is not a number from 0 to {MOST:,}."
            raise SettingError(f"sinch:{name}", message, "Correct it.")
        return number

    def credentials(self) -> Credentials:
        """Returns the access key.

        Raises:
            SettingError: A part of it is missing.
        """
        if self.text("emulatorUrl") and not (self.text("keyId") or self.text("keySecret")):
            return EMULATOR_CREDENTIALS
        return Credentials(self.required("keyId"), self.required("keySecret"))

    def patience(self, overrides: Mapping[str, float | str]) -> ApplySettings:
        """Returns how patiently plans are carried out; a set's own settings win."""
        default = ApplySettings()

        def pick(name: str, config: str) -> float:
            return float(overrides[name]) if name in overrides else self.number(config, getattr(default, name))

        return ApplySettings(
            confirm_timeout=pick("confirm_timeout", "confirmTimeout"),
            settle_time=pick("settle_time", "settleTime"),
            concurrency=int(pick("concurrency", "concurrency")),
            requests_per_second=pick("requests_per_second", "requestsPerSecond"),
            reading=parse_reading(str(overrides.get("reading", "")) or self.text("reading") or default.reading),
        )

    def calls(self, patience: ApplySettings) -> ApiSettings:
        """Returns how calls are made.

        Raises:
            SettingError: The emulator is where credentials are not sent to.
        """
        return ApiSettings(
            emulator_url=self.text("emulatorUrl"),
            # Not from stack config: one line of a pull request would have credentials sent to a host of its choice.
            emulator_host=self._environment.get("SINCH_EMULATOR_HOST", "").strip(),
            requests_per_second=patience.requests_per_second,
            concurrency=patience.concurrency,
        )


def both_names(name: str) -> str:
    """Names a setting as the environment and as stack config do."""
    return f"{_VARIABLES[name]} (or sinch:{name})"
