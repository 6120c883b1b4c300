"""Answers in LaTeX read as written mathematics, with a grammar and a whitelist; nothing is ever run or typeset."""
