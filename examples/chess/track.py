"""Real chess games, tracked by an algorithm and by the state-space model translated from it.

python examples/chess/track.py [games.uci]
"""

import sys
from pathlib import Path

import streamssm as ss
from streamssm.algorithms import ChessBoard
from streamssm.algorithms.chess_board import LETTERS, uci_token


def games(path):
    """Yield the title and the tokens of each game: paragraphs of title, moves, last board."""
    for paragraph in Path(path).read_text(encoding="utf-8").split("\n\n"):
        if not paragraph.startswith("#"):
            title, moves, _ = paragraph.strip().split("\n")
            yield title, [uci_token(move) for move in moves.split()]


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("games.uci")
    program = ChessBoard().program()
    model = ss.to_ssm(program)
    print(f"memory: algorithm {program.memory_bits} bits, model {model.memory_bits} bits")
    for title, tokens in games(path):
        boards = program.run(tokens)
        same = (model.run(tokens) == boards).all()
        print(f"\n{title}\n{len(tokens)} moves, all boards {'equal' if same else 'DIFFERENT'}")
        for rank in range(7, -1, -1):
            print(" ".join(LETTERS[piece] for piece in boards[-1][8 * rank : 8 * rank + 8]))


if __name__ == "__main__":
    main()
