"""The kinds of screens."""
