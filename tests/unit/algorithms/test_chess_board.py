"""The chess board: real games move by move, and moves that are rare in real games."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from streamssm.algorithms import ChessBoard
from streamssm.algorithms.chess_board import LETTERS, uci_token
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError
from streamssm.runtime.stream import Stream

GAMES_FILE = Path(__file__).parents[3] / "examples" / "chess" / "games.uci"
BACK_RANK = "RNBQKBNR"


@dataclass(frozen=True)
class Game:
    title: str
    moves: tuple[str, ...]
    last_board: str


def read_games() -> list[Game]:
    paragraphs = GAMES_FILE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    parts = [paragraph.split("\n") for paragraph in paragraphs]
    return [Game(title, tuple(moves.split()), board) for title, moves, board in parts]


GAMES = read_games()
each_game = pytest.mark.parametrize("game", GAMES, ids=[game.title.split(",")[0] for game in GAMES])


def fen_of(pieces: tuple[int, ...] | list[int]) -> str:
    """Return a board as FEN writes it, from rank 8 to rank 1."""
    ranks = []
    for rank in range(7, -1, -1):
        text = "".join(LETTERS[piece] for piece in pieces[8 * rank : 8 * rank + 8])
        for size in range(8, 0, -1):
            text = text.replace("." * size, str(size))
        ranks.append(text)
    return "/".join(ranks)


class Replay:
    """A board as a dictionary of squares by name: an independent implementation of moves."""

    def __init__(self) -> None:
        self.pieces = {f"{file}1": piece for file, piece in zip("abcdefgh", BACK_RANK, strict=True)}
        self.pieces |= {f"{file}2": "P" for file in "abcdefgh"}
        self.pieces |= {f"{name[0]}{9 - int(name[1])}": p.lower() for name, p in list(self.pieces.items())}

    def move(self, text: str) -> None:
        source, target, promotion = text[:2], text[2:4], text[4:]
        piece = self.pieces.pop(source)
        if piece in "Pp" and source[0] != target[0] and target not in self.pieces:
            del self.pieces[target[0] + source[1]]
        if promotion:
            piece = promotion.upper() if piece == "P" else promotion
        self.pieces[target] = piece
        rook = {"e1g1": "h1f1", "e1c1": "a1d1", "e8g8": "h8f8", "e8c8": "a8d8"}.get(text)
        if rook and piece in "Kk":
            self.pieces[rook[2:]] = self.pieces.pop(rook[:2])

    def codes(self) -> list[int]:
        names = [f"{file}{rank}" for rank in "12345678" for file in "abcdefgh"]
        return [LETTERS.index(self.pieces.get(name, ".")) for name in names]


def test_there_are_enough_games() -> None:
    assert len({game.moves for game in GAMES}) == len(GAMES) >= 20
    moves = [move for game in GAMES for move in game.moves]
    assert {"e1g1", "e1c1", "e8g8", "e8c8"} <= set(moves) and any(len(move) == 5 for move in moves)


@each_game
def test_the_board_of_a_game_after_every_move(game: Game) -> None:
    board, replay = ChessBoard(), Replay()
    for move in game.moves:
        board.update(*uci_token(move))
        replay.move(move)
        assert list(board.output()) == replay.codes(), move
    assert fen_of(board.output()) == game.last_board


@each_game
def test_python_chess_agrees(game: Game) -> None:
    chess = pytest.importorskip("chess")
    board, other = ChessBoard(), chess.Board()
    for move in game.moves:
        assert chess.Move.from_uci(move) in other.legal_moves
        other.push_uci(move)
        board.update(*uci_token(move))
        assert fen_of(board.output()) == other.board_fen()


def test_the_program_follows_every_game() -> None:
    program = ChessBoard().program()
    assert program.memory_bits == 256
    for game in GAMES:
        replay, expected = Replay(), []
        for move in game.moves:
            replay.move(move)
            expected.append(replay.codes())
        assert program.run([uci_token(move) for move in game.moves]).tolist() == expected


@pytest.mark.parametrize("by", ["weights", "fused"])
def test_the_model_follows_every_game(by: str) -> None:
    program = ChessBoard().program()
    model = to_ssm(program)
    assert model.memory_bits == 256
    transducer = model.transducer(by=by)
    for game in GAMES:
        tokens = [uci_token(move) for move in game.moves]
        assert np.array_equal(Stream(transducer).feed(tokens), program.run(tokens))


@pytest.mark.parametrize(
    ("moves", "board"),
    [
        ("e2e4 a7a6 e4e5 d7d5 e5d6", "rnbqkbnr/1pp1pppp/p2P4/8/8/8/PPPP1PPP/RNBQKBNR"),
        ("a2a3 e7e5 a3a4 e5e4 d2d4 e4d3", "rnbqkbnr/pppp1ppp/8/8/P7/3p4/1PP1PPPP/RNBQKBNR"),
        ("a2a4 b7b5 a4b5 a7a6 b5a6 h7h6 a6a7 h6h5 a7b8n", "rNbqkbnr/2ppppp1/8/7p/8/8/1PPPPPPP/RNBQKBNR"),
        ("b2b4 a7a5 h2h3 a5b4 h3h4 b4b3 h4h5 b3a2 h5h6 a2b1r", "rnbqkbnr/1ppppppp/7P/8/8/8/2PPPPP1/RrBQKBNR"),
        ("g2g4 h7h5 a2a3 h5g4 a3a4 g4g3 a4a5 g3h2 a5a6 h2g1b", "rnbqkbnr/ppppppp1/P7/8/8/8/1PPPPP2/RNBQKBbR"),
        ("c2c4 b7b5 c4b5 a7a6 b5a6 h7h6 a6a7 h6h5 a7b8q", "rQbqkbnr/2ppppp1/8/7p/8/8/PP1PPPPP/RNBQKBNR"),
    ],
)
def test_en_passant_and_promotions(moves: str, board: str) -> None:
    algorithm, replay = ChessBoard(), Replay()
    for move in moves.split():
        algorithm.update(*uci_token(move))
        replay.move(move)
    assert list(algorithm.output()) == replay.codes()
    assert fen_of(algorithm.output()) == board


@pytest.mark.parametrize("move", ["", "e2", "e2e9", "i2e4", "e7e8k", "e7e8Q", "e2e4 ", "O-O", "e7e8-"])
def test_what_is_no_move_is_refused(move: str) -> None:
    with pytest.raises(ParameterError) as caught:
        uci_token(move)
    assert str(caught.value) == f"a move must be written like e2e4 or a7a8q, not {move!r}"
