"""Themes that the codebook may miss: found by machine, offered to a person. Knows no storage and no page."""
