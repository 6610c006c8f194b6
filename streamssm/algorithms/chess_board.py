"""Chess: tracking the board through moves in source-target notation."""

from __future__ import annotations

import re

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

EMPTY = 0
WHITE_PAWN, WHITE_KNIGHT, WHITE_BISHOP, WHITE_ROOK, WHITE_QUEEN, WHITE_KING = range(1, 7)
BLACK_PAWN, BLACK_KNIGHT, BLACK_BISHOP, BLACK_ROOK, BLACK_QUEEN, BLACK_KING = range(7, 13)
LETTERS = ".PNBRQKpnbrqk"  # the letters of FEN, in the order of the codes above
START = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
PROMOTIONS = ("", "n", "b", "r", "q")

RANK, FILE = 0b111000, 0b111  # a square is 8 * rank + file, from a1 = 0 to h8 = 63
C_FILE, D_FILE, E_FILE, F_FILE, G_FILE = range(2, 7)

# side to move, castling rights, en passant square and two counters: they may be left out, and are not used
_OTHER_FIELDS = re.compile(r"(?: [wb] (?:-|[A-HK-Qa-hk-q]{1,4}) (?:-|[a-h][36])(?: \d+ \d+)?)?", re.ASCII)


def uci_token(move: str) -> tuple[int, int, int]:
    """Return the token of a move in UCI notation.

    >>> uci_token("e2e4"), uci_token("a7a8q")
    ((12, 28, 0), (48, 56, 4))

    Raises
    ------
    ParameterError
        If the text is not a move in UCI notation.
    """
    source, target, promotion = move[:2], move[2:4], move[4:]
    if promotion not in PROMOTIONS or not (_is_square(source) and _is_square(target)):
        raise ParameterError(f"a move must be written like e2e4 or a7a8q, not {move!r}")
    return _square(source), _square(target), PROMOTIONS.index(promotion)


def fen_board(fen: str) -> list[int]:
    """Return the pieces of a position in Forsyth-Edwards notation, from a1 by ranks to h8.

    >>> fen_board("8/8/8/8/8/8/8/R3K3")[:6]
    [4, 0, 0, 0, 6, 0]

    Raises
    ------
    ParameterError
        If the text is not a position in this notation.
    """
    if not isinstance(fen, str):
        raise ParameterError(f"fen must be a text, not {fen!r}")
    pieces, space, other = fen.partition(" ")
    ranks = [re.sub("[1-8]", lambda digit: "." * int(digit[0]), rank) for rank in pieces.split("/")]
    if re.search("[1-8]{2}|[^1-8PNBRQKpnbrqk/]", pieces) or [len(rank) for rank in ranks] != [8] * 8:
        raise ParameterError(f"fen must begin with 8 ranks of 8 squares, as in {START!r}, not {fen!r}")
    if _OTHER_FIELDS.fullmatch(space + other) is None:
        raise ParameterError(
            f"fen must be {pieces!r} alone or with fields such as 'w KQkq - 0 1', not {fen!r}"
        )
    return [LETTERS.index(piece) for rank in reversed(ranks) for piece in rank]


def _is_square(name: str) -> bool:
    return len(name) == 2 and name[0] in "abcdefgh" and name[1] in "12345678"


def _square(name: str) -> int:
    return 8 * (ord(name[1]) - ord("1")) + ord(name[0]) - ord("a")


class ChessBoard(Algorithm):
    """Track the board of a chess game, move by move.

    A token is (source, target, promotion): two squares from a1 = 0 by ranks to h8 = 63, and the piece that a
    pawn is promoted to, 0 none, 1 knight, 2 bishop, 3 rook, 4 queen. Castling is the king's move by two
    squares from the e-file, or, as in Chess960, to the square of its own rook; python-chess reads both, too.
    A pawn that moves to an empty square of another file captures *en passant*.

    Law: after legal moves the outputs are the pieces on the 64 squares: 0 empty, 1-6 white pawn, knight,
    bishop, rook, queen and king, 7-12 the black ones. Moves are not checked for legality.

    Parameters
    ----------
    fen : the first position, in Forsyth-Edwards notation; only its pieces matter

    Notes
    -----
    Memory: 256 bits, 64 squares of 13 values. Merrill, Petty and Sabharwal list the tracking of chess moves
    in source-target notation among the tasks as hard as the word problem of S5, which no diagonal or
    time-invariant model without thoughts solves with log precision, unless TC0 = NC1 (THEORY D1, source D).

    >>> board = ChessBoard()
    >>> for move in "e2e4 e7e5 g1f3 b8c6 f1c4 f8c5 e1g1".split():
    ...     board.update(*uci_token(move))
    >>> "".join(LETTERS[piece] for piece in board.output()[:8])
    'RNBQ.RK.'
    """

    def __init__(self, fen: str = START) -> None:
        self.tokens(source=64, target=64, promotion=5)
        self.board = self.array(13, 64, init=fen_board(fen))

    def update(self, source: int, target: int, promotion: int) -> None:
        piece, goal = self.board[source], target
        rook, rook_goal = EMPTY, source
        if piece == WHITE_PAWN or piece == BLACK_PAWN:
            if (target - source) % 8 != 0 and self.board[target] == EMPTY:
                self.board[source & RANK | target & FILE] = EMPTY
            if piece == WHITE_PAWN:
                piece = WHITE_PAWN + promotion
            else:
                piece = BLACK_PAWN + promotion
        elif piece == WHITE_KING or piece == BLACK_KING:
            takes_rook = self.board[target] == piece - WHITE_KING + WHITE_ROOK
            if takes_rook or (source & FILE == E_FILE and abs(target - source) == 2):
                corner = target
                if not takes_rook:
                    corner = source | FILE if target > source else source & RANK
                goal = source & RANK | (G_FILE if target > source else C_FILE)
                rook_goal = source & RANK | (F_FILE if target > source else D_FILE)
                rook = self.board[corner]
                self.board[corner] = EMPTY
        self.board[source] = EMPTY
        self.board[rook_goal] = rook
        self.board[goal] = piece

    def output(self) -> tuple[int, ...]:
        return tuple(self.board)
