"""Mixes a contact set with another resource.

The Messenger identity of one contact belongs to an app that is made in the same program. In the first preview its id is
not known yet; the other contact is planned all the same.
"""

from uuid import uuid4

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

from sinch_contacts import ContactSet


class AppProvider(ResourceProvider):
    """Stands for whatever makes your Conversation API app."""

    def create(self, props: dict[str, str]) -> CreateResult:
        """Invents the id of an app."""
        return CreateResult(str(uuid4()), {**props, "app_id": "01" + uuid4().hex[:24].upper()})


class App(Resource):
    """A Conversation API app."""

    app_id: pulumi.Output[str]

    def __init__(self, name: str) -> None:
        super().__init__(AppProvider(), name, {"app_id": None})


app = App("support")

crew = ContactSet(
    "crew",
    contacts={
        "dana": {
            "language": "EN",
            "display_name": "Dana Example",
            "channel_identities": [{"channel": "MESSENGER", "identity": "7968425018576407", "app_id": app.app_id}],
        },
        "eli": {
            "language": "HE",
            "display_name": "Eli Example",
            "channel_identities": [{"channel": "SMS", "identity": "+12025550170"}],
        },
    },
)

pulumi.export("dana", crew.ids["dana"])
pulumi.export("eli", crew.ids["eli"])
