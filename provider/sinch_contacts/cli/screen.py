"""What commands put on the screen: texts of others in it are shown, never obeyed."""

import click

from sinch_contacts.core.contact.showing import shown_lines


def say(text: str, *, err: bool = False) -> None:
    """Prints lines for people.

    Args:
        text: The lines.
        err: Whether they go to standard error.
    """
    click.echo(shown_lines(text), err=err)


def failure(text: object) -> click.ClickException:
    """Returns the end of a command with an error."""
    return click.ClickException(shown_lines(str(text)))
