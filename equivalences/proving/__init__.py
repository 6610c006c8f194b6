"""The parts of `check(method="prove")`: steps as integer terms, their relation, obligations, certificates.

Nothing here knows a translator: a proof looks at the two artefacts alone.
"""
