"""Fills a test environment with made-up contacts.

All external ids carry a prefix, so that the contacts of several environments can share a project, and so that
`pulumi destroy` deletes every one of them: what carries the prefix was created by this set.
"""

import pulumi

from sinch_contacts import ContactSet

config = pulumi.Config()
count = config.get_int("count") or 50

seeds = ContactSet(
    "seeds",
    contacts={
        f"person-{number:04d}": {
            "language": "EN_US",
            "display_name": f"Seed {number}",
            "channel_identities": [{"channel": "SMS", "identity": f"+1202555{number:04d}"}],
        }
        for number in range(1, count + 1)
    },
    external_id_prefix=f"{pulumi.get_stack()}-",
    reveal=True,  # made-up people: a reviewer may see them
)

pulumi.export("first", seeds.ids["person-0001"])
pulumi.export("summary", seeds.summary)
