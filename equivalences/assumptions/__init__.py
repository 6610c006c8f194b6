"""Proofs and refutations of the assumptions that are made with ``ss.assume_in_range``.

An assumption is proved by an invariant of the program's registers. Candidate invariants are instances of
templates that hold in the states reached by random streams (`templates`, `traces`), as in Daikon; Houdini
drops those that are not inductive (`houdini`). So no candidate has to be trusted.
"""
