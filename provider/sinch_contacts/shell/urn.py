"""URNs: the names that the engine gives resources."""

import msgspec


class Urn(msgspec.Struct, frozen=True):
    """The parts of a URN that people know.

    Attributes:
        stack: The stack.
        project: The Pulumi project.
        name: The resource's name in the program.
    """

    stack: str
    project: str
    name: str


def parse_urn(urn: str) -> Urn:
    """Reads a text such as `urn:pulumi:dev::shop::pulumi-python:dynamic/sinch:ContactSet::friends`."""
    head, project, _, name = [*urn.split("::", 3), "", "", ""][:4]
    return Urn(head.removeprefix("urn:pulumi:"), project, name)
