"""The intermediate representation: ranges, words, expression graphs and what simplifies them."""
