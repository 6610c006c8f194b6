"""The passes of E5: the layout of bits in words, and programs that work on packed words."""
