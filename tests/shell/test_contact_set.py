"""What a set refuses before anything is declared."""

import pulumi
import pytest

from sinch_contacts import ContactSet


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"contacts": {}, "overlays": "a.yaml"}, "overlays patch the contacts of files, and this set has no source."),
        ({"source": "a.yaml", "overlays": 5}, "overlays is neither a text nor a list of texts."),
    ],
)
def test_overlays_that_cannot_be_used_are_refused(arguments: dict[str, object], told: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        ContactSet("friends", **arguments)  # type: ignore[arg-type]  # users do such things
    assert told in str(refused.value)
