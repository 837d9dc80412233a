"""Carries out what was decided, after the transaction: here, telling the safeguarding team what waits for them."""
