"""What models without online thoughts cannot do, as programs that show it on instances.

communication   a stream cut among parties, who run a model by sending block maps forward
residuals       how many prefixes a streaming algorithm has to tell apart: its memory, from below
collisions      two streams that a model cannot tell apart although their answers must differ;
                insufficient: ten models that lack memory or layers, each with such a collision
synthesis       whether a small model for a language exists at all
depth           what composition takes by every method, beside what is needed
arithmetic      how exact models behave in floating point
streams         the streams that these are shown on

What each shows, and what it does not, is in docs/LIMITS.md. What is known, claim by claim, each with what was
run for it, is in `streamssm.claims`.
"""
