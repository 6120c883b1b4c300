"""How written mathematics looks: letters, LaTeX, plain text, and lines that fit the page."""
