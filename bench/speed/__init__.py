"""Speed of the kernels against their peers, by pytest-benchmark."""
