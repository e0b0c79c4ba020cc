"""The way from a command to Sinch: settings and credentials from the environment, and a port."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from sinch_contacts.api.client import HttpContactsApi
from sinch_contacts.core.target import Target, parse_region
from sinch_contacts.shell.settings import Settings


class Connection(msgspec.Struct, frozen=True):
    """An open way to a project.

    Attributes:
        target: The project and region.
        settings: The settings of the environment.
        api: The port.
    """

    target: Target
    settings: Settings
    api: HttpContactsApi


@contextmanager
def connected(project_id: str = "", region: str = "") -> Iterator[Connection]:
    """Opens the way to a project, and closes it afterwards.

    Args:
        project_id: The project; by default `SINCH_PROJECT_ID`.
        region: Its region; by default `SINCH_REGION`.

    Raises:
        SettingError: A setting or credential is missing, or has a value that cannot be used.
    """
    settings = Settings(lambda _: None)
    target = Target(project_id or settings.required("projectId"), parse_region(region or settings.required("region")))
    calls = settings.calls(settings.patience({}))
    with HttpContactsApi(target, settings.credentials(), calls) as api:
        yield Connection(target, settings, api)
