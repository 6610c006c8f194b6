"""The prover behind `check(method="prove")`: induction over a simulation relation between two artefacts.

Steps are encoded as integer terms; candidate relations come from runs; claims that are not inductive are
dropped (Houdini); SAT sweeping shows internal equivalences first; a failed proof is followed by bounded model
checking.

Nothing here imports a translator: a proof looks at the two artefacts alone.
"""
