"""The chess board: real games move by move, and moves that are rare in real games."""

from __future__ import annotations

import re
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


CASTLING = {"e1g1": "e1h1", "e1c1": "e1a1", "e8g8": "e8h8", "e8c8": "e8a8"}


@each_game
def test_a_king_that_takes_its_rook_castles(game: Game) -> None:
    """Both notations of castling give the same boards; a piece other than the king moves as before."""
    board, other = ChessBoard(), ChessBoard()
    for move in game.moves:
        is_king = LETTERS[board.output()[uci_token(move)[0]]] in "Kk"
        board.update(*uci_token(move))
        other.update(*uci_token(CASTLING.get(move, move) if is_king else move))
        assert board.output() == other.output(), move


MIDDLE_GAME = "r3k2r/pppq1ppp/2npbn2/2b1p3/2B1P3/2NPBN2/PPPQ1PPP/R3K2R w KQkq - 4 8"
PAWNS = "8/P6k/8/8/4p3/8/3P3K/8 w - - 0 1"
POSITIONS = (  # first position, moves, last board; recorded with python-chess 1.11.2
    (MIDDLE_GAME, "e1a1 e8a8", "2kr3r/pppq1ppp/2npbn2/2b1p3/2B1P3/2NPBN2/PPPQ1PPP/2KR3R"),
    (MIDDLE_GAME, "e1g1 e8g8", "r4rk1/pppq1ppp/2npbn2/2b1p3/2B1P3/2NPBN2/PPPQ1PPP/R4RK1"),
    (PAWNS, "d2d4 e4d3 a7a8q d3d2 a8h8 h7h8", "7k/8/8/8/8/8/3p3K/8"),
    (  # Chess960: rooks and kings start, and end, beside and on each other's squares
        "bbqnnrkr/pppppppp/8/8/8/8/PPPPPPPP/BBQNNRKR w KQkq - 0 1",
        "f2f3 e8f6 f1f2 d8c6 g1h1",
        "bbq2rkr/pppppppp/2n2n2/8/8/5P2/PPPPPRPP/BBQNNRK1",
    ),
    (
        "nbbrkrqn/pppppppp/8/8/8/8/PPPPPPPP/NBBRKRQN w KQkq - 0 1",
        "d2d3 f7f6 c1f4 g8c4 e1d1 e8f8",
        "nbbr1rkn/ppppp1pp/5p2/8/2q2B2/3P4/PPP1PPPP/NBKR1RQN",
    ),
    (
        "rbbqknnr/pppppppp/8/8/8/8/PPPPPPPP/RBBQKNNR w KQkq - 0 1",
        "g1h3 g8f6 f1g3 f8g6 e1h1 e8h8",
        "rbbq1rk1/pppppppp/5nn1/8/8/6NN/PPPPPPPP/RBBQ1RK1",
    ),
    (
        "rkrnnqbb/pppppppp/8/8/8/8/PPPPPPPP/RKRNNQBB w KQkq - 0 1",
        "e2e4 e8f6 f1b5 h7h6 h2h4 d8c6 e1d3 g7g6 c2c4 a7a6 f2f3 c6a7 b5h5 c8e8 h5d5 b8a8 g1c5 f6e4 c5b6 "
        "e7e5 b2b3 c7c6 d1c3 d7d6 b1c1",
        "2krrqbb/np3p2/pBpp2pp/3Qp3/2P1n2P/1PNN1P2/P2P2P1/R4RKB",
    ),
)


@pytest.mark.parametrize(("fen", "moves", "board"), POSITIONS, ids=[fen.split()[0] for fen, *_ in POSITIONS])
def test_games_from_other_positions(fen: str, moves: str, board: str) -> None:
    algorithm = ChessBoard(fen)
    assert fen_of(algorithm.output()) == fen.split()[0]
    tokens = [uci_token(move) for move in moves.split()]
    for token in tokens:
        algorithm.update(*token)
    assert fen_of(algorithm.output()) == board
    program = ChessBoard(fen).program()
    assert fen_of(program.run(tokens)[-1].tolist()) == board
    assert fen_of(to_ssm(program).run(tokens)[-1].tolist()) == board


def test_castling_on_random_positions_of_chess960() -> None:
    """A king that takes its rook goes to the c-file or the g-file, and the rook to the inner side of it."""
    rng = np.random.default_rng(960)
    for _ in range(100):
        king, rook = rng.choice(8, 2, replace=False).tolist()
        first = {king: "K", rook: "R"}
        goals = {6: "K", 5: "R"} if rook > king else {2: "K", 3: "R"}
        for black in (False, True):
            boards = ["".join(pieces.get(file, ".") for file in range(8)) for pieces in (first, goals)]
            ranks = [re.sub(r"\.+", lambda run: str(len(run[0])), board) for board in boards]
            texts = [rank.lower() + "/8" * 7 if black else "8/" * 7 + rank for rank in ranks]
            algorithm, base = ChessBoard(texts[0]), 56 if black else 0
            algorithm.update(base + king, base + rook, 0)
            assert fen_of(algorithm.output()) == texts[1]


def test_a_rook_of_the_opponent_is_captured() -> None:
    board = ChessBoard("8/8/8/8/8/8/8/4K2r")
    board.update(*uci_token("e1h1"))
    assert fen_of(board.output()) == "8/8/8/8/8/8/8/7K"


@pytest.mark.parametrize(
    ("fen", "message"),
    [
        ("", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8/8/8", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8/44", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8/.7", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8/9", "fen must begin with 8 ranks of 8 squares, as in "),
        ("8/8/8/8/8/8/8/7X", "fen must begin with 8 ranks of 8 squares, as in "),
        (
            "8/8/8/8/8/8/8/8 ",
            "fen must be '8/8/8/8/8/8/8/8' alone or with fields such as 'w KQkq - 0 1', not",
        ),
        ("8/8/8/8/8/8/8/8 x - -", "fen must be '8/8/8/8/8/8/8/8' alone or with fields such as"),
        (8, "fen must be a text, not 8"),
    ],
)
def test_a_position_that_is_not_one_is_refused(fen: str, message: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(message)):
        ChessBoard(fen)


@pytest.mark.parametrize("move", ["", "e2", "e2e9", "i2e4", "e7e8k", "e7e8Q", "e2e4 ", "O-O", "e7e8-"])
def test_what_is_no_move_is_refused(move: str) -> None:
    with pytest.raises(ParameterError) as caught:
        uci_token(move)
    assert str(caught.value) == f"a move must be written like e2e4 or a7a8q, not {move!r}"
