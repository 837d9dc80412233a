"""Conversations as people have them, and a player for each door that plays them."""
