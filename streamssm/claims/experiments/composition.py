"""Composition of functions: its cost with layers, with thoughts, and by block order."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.algorithms import BlockComposition, FunctionComposition, StoredComposition
from streamssm.claims.evidence import Covers, Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.repack import repack
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.limits.depth import methods
from streamssm.limits.residuals.order_bounds import order_residuals
from streamssm.limits.streams.orders import parse_order
from streamssm.ssm.transitions import TransitionKind


def layers_compose(full: bool) -> Iterator[Evidence]:
    """K + 1 layers of one word, checked on every stream."""
    for n, k in ((2, 1), (2, 3), (3, 2), (4, 2), *(((4, 4), (8, 2)) if full else ())):
        task = BlockComposition(n, k)
        model = to_ssm(task, cot="none")
        shape = (
            f"N = {n}, K = {k}: {model.num_layers} layers of {counted(model.memory_bits // (k + 1), 'bit')}"
        )
        kinds = {layer.kind for layer in model.layers}
        as_expected = (
            kinds == {TransitionKind.ZERO_ONE} and model.state_dim == 1 and model.num_layers == k + 1
        )
        yield Evidence(shape, as_expected and model.memory_bits == (k + 1) * (n - 1).bit_length())
        yield checked(shape, check(task.program(), model, method="exhaust"))


def bound_as_ratio(full: bool) -> Iterator[Evidence]:
    """The ratio N / (L^3 d^2 p) of the bound for K + 1 layers, on random instances."""
    result = methods.measure([16, 64, 256], [1, 2, 4, 8], most_words=0)
    for row in result["rows"]:
        if row["method"] == "layers":
            seen = (
                f"N = {row['n']}, K = {row['k']}: right with {row['memory_bits']} bits, "
                f"N / (L^3 d^2 p) = {row['ratio']}"
            )
            yield Evidence(seen, row["correct"], Covers.SOME)


def one_layer_stores(full: bool) -> Iterator[Evidence]:
    """One layer that composes by storing the tables; its size next to n log n."""
    for n in (2, 3, 4):
        task = StoredComposition(n, 1)
        model = to_ssm(task)
        size = (model.state_dim**2 + model.state_dim) * model.precision_bits
        yield checked(
            f"n = {n}: one layer, (d^2 + d) p = {size}, n log2 n = {n * (n - 1).bit_length()}",
            check(task.program(), model, method="exhaust"),
        )


def thoughts_are_streaming(full: bool) -> Iterator[Evidence]:
    """Program to model and back: outputs and memory equal on every stream."""
    for n in (2, 3, 5, 8, 16):
        task = FunctionComposition(n)
        model = to_ssm(task)
        for side, other in (("model", model), ("program back", to_program(model))):
            report = check(task.program(), other, method="exhaust")
            yield checked(f"N = {n}, {side}, {other.memory_bits} bits", report)
            yield Evidence(f"N = {n}: 2 ceil(log2 N) bits", other.memory_bits == 2 * (n - 1).bit_length())
    proven = FunctionComposition(2**32)
    report = check(proven.program(), to_ssm(proven), method="prove")
    yield checked(f"N = 2^32, {to_ssm(proven).memory_bits} bits, by proof", report)


def only_the_product_counts(full: bool) -> Iterator[Evidence]:
    """One model in every (d, p) of one product."""
    for n, shapes in ((4, ((1, 4), (2, 2), (4, 1))), (8, ((1, 6), (2, 3), (3, 2), (6, 1)))):
        model = to_ssm(FunctionComposition(n))
        for d, p in shapes:
            packed = repack(model, state_dim=d, precision_bits=p)
            yield Evidence(f"N = {n}: {packed.memory_bits} bits", packed.memory_bits == model.memory_bits)
            yield checked(f"N = {n} as (d, p) = ({d}, {p})", check(model, packed, method="exhaust"))


ORDERS = (
    *((text, n, count) for text in ("x,f1", "x,f1,f2") for n, count in ((2, 3), (3, 5))),
    ("f1,x", 2, 4),
    ("f1,x", 3, 27),
    ("f1,f2,x", 3, 65),
    ("f2,f1,x", 3, 129),
)


def order_decides(full: bool) -> Iterator[Evidence]:
    """The exact number of residuals in each block order."""
    for text, n, count in ORDERS:
        residuals = order_residuals(parse_order(text), n).most
        yield Evidence(f"({text}), N = {n}: {residuals} residuals", residuals == count)


EXPERIMENTS = (
    Experiment(("A2",), "BlockComposition as layers of {0, 1} entries", layers_compose),
    Experiment(("A1",), "BlockComposition, N = 16..256, K = 1..8, by layers", bound_as_ratio),
    Experiment(("G17",), "StoredComposition, n = 2..4, as one layer", one_layer_stores),
    Experiment(("A4",), "FunctionComposition, N = 2..16 and 2^32", thoughts_are_streaming),
    Experiment(("A6",), "FunctionComposition, N = 4 and 8, repacked", only_the_product_counts),
    Experiment(("A7",), "composition in every order, N = 2, 3", order_decides),
)
