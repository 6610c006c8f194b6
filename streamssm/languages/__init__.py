"""Formal languages: sets of finite words or traces, and the programs that recognize them."""
