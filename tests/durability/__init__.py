"""The proof by killing: Sayso as it is served, under load, killed at random moments; and what then is on the disk."""
