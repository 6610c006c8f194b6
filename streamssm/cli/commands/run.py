"""streamssm run: read a stream of tokens, write the output after each."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import click

from streamssm.cli.commands.show import warn_of_assumptions
from streamssm.cli.options import set_option, what_argument
from streamssm.cli.what import InputSource, PastLTL
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.runtime.token_files import TokenFile


@click.command("run")
@what_argument
@set_option
@click.option(
    "--stream",
    required=True,
    metavar="FILE",
    help="The tokens: .npy, CSV, text or symbols; - is standard input.",
)
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="Where the outputs go; standard output if not given."
)
@click.option(
    "--by",
    type=click.Choice(["fused", "weights"]),
    help="How a model runs: by its gadgets' meaning (the default) or by its weights.",
)
@click.option(
    "--format",
    "token_format",
    type=click.Choice(["auto", "npy", "csv", "text", "symbols"]),
    default="auto",
    show_default=True,
    help="How the tokens are written; auto takes text for symbols where WHAT has names for them.",
)
@click.option("--begin", is_flag=True, help="Write the output before the first token too.")
@click.option("--last", is_flag=True, help="Write the output after the last token only.")
@click.option(
    "--checkpoint", metavar="FILE", help="Save the run's progress in FILE, and go on from it if it is there."
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    metavar="TOKENS",
    help="How often to save it.",
)
@click.option("--fresh", is_flag=True, help="Start again, whatever the checkpoint says.")
def command(
    what: InputSource,
    settings: Settings,
    stream: str,
    output: str,
    by: str | None,
    token_format: str,
    begin: bool,
    last: bool,
    checkpoint: str | None,
    every: int,
    fresh: bool,
) -> None:
    """Run WHAT over a stream; write one line per token, the words of its output.

    The stream may be of any length; memory is constant. With --checkpoint a run that was killed goes on where
    it stood when the same command is given again, and its output file ends up as if it had never stopped. A
    stream on standard input is then given again from its start, and what was read before is skipped.

    \b
    streamssm run function_composition --set n=1024 --stream tokens.csv -o answers.txt
    streamssm run compose.safetensors --by weights --stream tokens.npy --last
    generate | streamssm run my_algorithm.py:Parity --stream -
    echo abab | streamssm run --regex "(ab)*" --alphabet ab --stream -
    streamssm run --dot tcp.dot --stream session.txt
    generate | streamssm run --past-ltl "H(grant -> Y O request)" --propositions request,grant --stream -
    streamssm run compose.json --stream tokens.txt -o answers.txt --checkpoint run.ckpt
    """
    from streamssm.cli import running
    from streamssm.cli.resolve import resolve
    from streamssm.runtime.token_files import open_tokens

    if checkpoint and output == "-" and not last:
        raise ParameterError("--checkpoint needs -o FILE, so that a resumed run can go on in it (or --last)")
    require_different_files(stream, output, checkpoint)
    artefact, start = running.prepared(resolve(what, settings), by)
    warn_of_assumptions(getattr(artefact, "assumptions", ()))
    chunk_tokens = min(running.CHUNK_TOKENS, every) if checkpoint else running.CHUNK_TOKENS
    job = running.RunJob(artefact, start, output, begin, last, chunk_tokens)
    names = artefact.vocabulary
    with open_tokens(stream, artefact.fields, format=token_format, vocabulary=names) as tokens:
        tell_columns(what, tokens)
        if checkpoint is None and last and running.thinks_at_the_end(artefact):
            running.answer_once(job, tokens, by)
        elif checkpoint is None:
            running.run_once(job, tokens)
        else:
            running.run_with_checkpoints(job, tokens, checkpoint, every, fresh)


def tell_columns(what: InputSource, tokens: TokenFile) -> None:
    """Say which proposition each column is, where nobody did."""
    guessed = isinstance(what, PastLTL) and what.propositions is None
    if guessed and not tokens.has_header and len(tokens.fields) > 1:
        order = ", ".join(word.name for word in tokens.fields)
        click.echo(
            f"streamssm: note: the columns are read as {order}, in this order; a first line with their names "
            "or --propositions says otherwise",
            err=True,
        )


def require_different_files(stream: str, output: str, checkpoint: str | None) -> None:
    """Refuse to write over the stream, or the checkpoint over the output."""
    named = {"--stream": stream, "-o": output, "--checkpoint": checkpoint}
    paths = {option: os.path.realpath(path) for option, path in named.items() if path not in (None, "-")}
    regular = {
        option: path for option, path in paths.items() if os.path.isfile(path) or not os.path.exists(path)
    }
    for first, second in itertools.combinations(regular, 2):
        if regular[first] == regular[second]:
            raise ParameterError(f"{first} and {second} must be different files, not both {named[first]}")
