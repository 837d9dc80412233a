"""What happens when things go wrong: the same update twice, a crash, a broken model, an unusable file."""
