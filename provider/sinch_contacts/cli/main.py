"""The command `sinch-contacts`: a group whose commands are only imported when they are run."""

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = {
    "completion": "Print what a shell needs to complete commands.",
    "drift": "Compare what lives at Sinch with the state and with Git.",
    "dump": "Write the contacts of a project into a file.",
    "emulator": "Serve a stand-in for Sinch on this machine.",
    "explain": "Tell everything that is known of one contact.",
    "report": "Render plan files for review.",
    "reshard": "Change the number of a set's shards in an exported state.",
    "restore": "Put back the contacts that a run deleted or changed.",
    "validate": "Check contact files without touching anything.",
}
"""Names of commands, each in a module of its own name, and what `--help` says of them without importing them."""

_EXTRAS: Final = {"rich": "cli", "starlette": "emulator", "uvicorn": "emulator"}


class _LazyGroup(click.Group):
    """Finds commands in modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is click's
        """Names the commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # likewise
        """Imports a command.

        Raises:
            click.ClickException: It needs a package that is not installed.
        """
        if cmd_name not in _COMMANDS:
            return None
        try:
            command: click.Command = getattr(import_module(f"sinch_contacts.cli.{cmd_name}"), cmd_name)
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get(error.name or "")
            if extra is None:
                raise
            message = f"{error.name} is not installed; run: pip install 'pulumi-sinch-contacts[{extra}]'"
            raise click.ClickException(message) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # likewise
        """Writes the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Run `sinch-contacts COMMAND --help` for the options and examples of a command.",
)
@click.version_option(package_name="pulumi-sinch-contacts", prog_name="sinch-contacts")
def main() -> None:
    """Keep the contacts of a Sinch Conversation API project in files.

    \b
    Examples:
      sinch-contacts validate contacts/*.yaml
      sinch-contacts report plans/ --format html --output plan.html
      sinch-contacts dump --output contacts/all.yaml
      sinch-contacts emulator --port 8080
    """  # noqa: D301  # click reads the \b
