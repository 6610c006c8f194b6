"""What an author assumed with ``ss.within``: shown, refuted by a stream, or left open.

It is shown by invariants of the program's registers: guessed from states that streams reach (`templates`,
`traces`), and then shown by induction. What a guess says needs no trust: what some step breaks is dropped
(`houdini`).
"""
