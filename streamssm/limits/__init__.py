"""What models without online thoughts cannot do, as programs that show it on instances.

communication   a stream cut among parties, who run a model by sending block maps forward
residuals       how many prefixes a streaming algorithm has to tell apart: its memory, from below
collide         two streams that a model with too little memory cannot tell apart, with different answers
synthesize      whether a small model for a language exists at all

What each shows, and what it does not, is in docs/LIMITS.md.
"""
