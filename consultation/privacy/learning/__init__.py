"""How the redaction model is learnt, from the texts in ../examples. Nothing here is needed to run Sayso."""
