"""The same contacts in every environment, but for what an overlay of the stack's name says.

`pulumi stack init staging` and `pulumi up` give the base with `overlays/staging.yaml`; a stack named `production`
gives it with the other one.
To see what is wrong without Pulumi:

    sinch-contacts validate 'contacts/*.yaml' --overlay overlays/staging.yaml
"""

import pulumi

from sinch_contacts import ContactSet

people = ContactSet("people", source="contacts/*.yaml", overlays=f"overlays/{pulumi.get_stack()}.yaml")

pulumi.export("summary", people.summary)
