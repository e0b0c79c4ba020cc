"""`sinch-contacts completion`: what a shell needs to complete our commands and options."""

import click
from click.shell_completion import ShellComplete, get_completion_class

_PROGRAM = "sinch-contacts"


@click.command
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
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
    kind = get_completion_class(shell) or ShellComplete
    script = kind(context.find_root().command, {}, _PROGRAM, "_SINCH_CONTACTS_COMPLETE")
    click.echo(script.source_template % script.source_vars())
