"""streamssm run: read a stream of tokens and write the output after each."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import click

from streamssm.cli.commands.show import warn_of_assumptions
from streamssm.cli.options import SourceCommand, set_option, source_argument
from streamssm.cli.what import InputSource, PastLTL
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.runtime.token_files import TokenFile


@click.command("run", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--stream",
    required=True,
    metavar="FILE",
    help="Tokens: .npy, CSV, text or symbols; - is standard input.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Output file: .npy, .csv, .tsv, .jsonl or text; - is standard output, the default.",
)
@click.option(
    "--by",
    type=click.Choice(["fused", "weights"]),
    help="Run a model with its gadgets interpreted (fused, default) or by its weights.",
)
@click.option(
    "--format",
    "token_format",
    type=click.Choice(["auto", "npy", "csv", "text", "symbols"]),
    metavar="FORMAT",
    default="auto",
    help="Token format: npy, csv, text, symbols, or auto (default), which reads text as symbols if WHAT has "
    "names for them.",
)
@click.option("--begin", is_flag=True, help="Also write the output before the first token; allow no tokens.")
@click.option("--last", is_flag=True, help="Write only the output after the last token.")
@click.option("--checkpoint", metavar="FILE", help="Save progress to FILE, and resume from it if it exists.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    metavar="N",
    help="Tokens between checkpoints.",
)
@click.option("--fresh", is_flag=True, help="Ignore an existing checkpoint.")
def command(
    source: InputSource,
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
    """Run WHAT over a stream; write the words of the output after each token.

    The ending of -o FILE selects the format: .npy (an int64 array), .csv or .tsv (with a header), .jsonl (one
    object per output), otherwise one line of text per output.

    The stream may have any length; memory use is constant. With --checkpoint, a killed run resumes when the
    same command is run again, and its output file is the same as without the interruption. A stream on
    standard input must then be sent again from its start; tokens that were already read are skipped.

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
        raise ParameterError("--checkpoint requires -o FILE (a resumed run appends to it) or --last")
    require_different_files(stream, output, checkpoint)
    artefact, start = running.prepared(resolve(source, settings), by)
    warn_of_assumptions(getattr(artefact, "assumptions", ()))
    chunk_tokens = min(running.CHUNK_TOKENS, every) if checkpoint else running.CHUNK_TOKENS
    job = running.RunJob(artefact, start, output, begin, last, chunk_tokens)
    names = artefact.vocabulary
    with open_tokens(
        stream, artefact.fields, format=token_format, vocabulary=names, allow_empty=begin
    ) as tokens:
        note_columns(source, tokens)
        if checkpoint is None and last and running.thinks_offline(artefact):
            running.answer_once(job, tokens, by)
        elif checkpoint is None:
            running.run_once(job, tokens)
        else:
            running.run_with_checkpoints(job, tokens, checkpoint, every, fresh)


def note_columns(source: InputSource, tokens: TokenFile) -> None:
    """Note on standard error which column is which proposition, unless the user has said so."""
    guessed = isinstance(source, PastLTL) and source.propositions is None
    if guessed and not tokens.has_header and len(tokens.fields) > 1:
        order = ", ".join(word.name for word in tokens.fields)
        click.echo(
            f"streamssm: note: reading the columns as {order}; to change the order, add a header line with "
            "their names or use --propositions",
            err=True,
        )


def require_different_files(stream: str, output: str, checkpoint: str | None) -> None:
    """Raise ParameterError if two of the stream, the output and the checkpoint are the same file."""
    named = {"--stream": stream, "-o": output, "--checkpoint": checkpoint}
    paths = {option: os.path.realpath(path) for option, path in named.items() if path not in (None, "-")}
    regular = {
        option: path for option, path in paths.items() if os.path.isfile(path) or not os.path.exists(path)
    }
    for first, second in itertools.combinations(regular, 2):
        if regular[first] == regular[second]:
            raise ParameterError(f"{first} and {second} are the same file, {named[first]}")
