"""`sinch-contacts completion`: what a shell needs to complete our commands and options."""

from typing import Final

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

_PROGRAM: Final = "sinch-contacts"
_SHELLS: Final = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options and their values.

    \b
    Exit status: 0 printed, 2 wrong usage.

    \b
    Examples:
      eval "$(sinch-contacts completion bash)"      in ~/.bashrc
      eval "$(sinch-contacts completion zsh)"       in ~/.zshrc
      sinch-contacts completion fish > ~/.config/fish/completions/sinch-contacts.fish
    """  # noqa: D301  # click reads the \b
    script = _SHELLS[shell](context.find_root().command, {}, _PROGRAM, "_SINCH_CONTACTS_COMPLETE")
    click.echo(script.source_template % script.source_vars())
