"""classify: which kinds of model can hold a language, with theorems, words and sizes."""
