"""Views of one derivation: with numbers, and as code."""
