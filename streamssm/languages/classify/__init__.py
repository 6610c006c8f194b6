"""classify: the kinds of model that can represent a language, with theorems, witnesses and sizes."""
