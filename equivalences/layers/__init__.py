"""The passes of E2: a program's registers sorted into layers whose transitions are linear."""
