"""Lower bounds and impossibilities for models without online thoughts, demonstrated on concrete instances.

communication   a forward protocol: parties hold blocks of the stream and run a model by sending block maps
residuals       Nerode classes of prefixes, whose number bounds the memory of any streaming algorithm
collisions      two streams that lead a model to one state although their answers must differ;
                insufficient: ten models that lack memory or layers, each with such a collision
synthesis       whether a small model of a language exists, decided by CEGIS
depth           the cost of function composition by every method, next to the lower bounds
arithmetic      exact models run in floating point
streams         the streams that all of these run on

docs/LIMITS.md says what each of them proves, and what it does not. `streamssm.claims` lists the published
claims, each with the experiments run for it.
"""
