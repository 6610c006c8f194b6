"""Formal languages: sets of finite traces, and the programs that recognise them."""
