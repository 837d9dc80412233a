"""Counted statements with their bases, and the report made of them. Plain data in, plain data out; no queries."""
