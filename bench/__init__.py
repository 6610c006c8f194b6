"""Benchmarks: memory against the input size, speed against peers."""
