"""The intermediate representation: ranges, words, expression graphs and their simplification."""
