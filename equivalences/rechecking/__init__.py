"""An independent re-check of proofs: the same obligations, from the graphs and the weights, by other code.

Nothing here imports the prover. A step is written out literally as bit-vectors that are wide enough by plain
interval arithmetic, without any rewriting, and two solvers must not contradict each other on any query.
"""
