"""Measures the program and prints what it found. Nothing here asserts a time."""
