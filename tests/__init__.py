"""The tests: unit/ mirrors the packages, transcripts/ are played through every door, integration/ breaks things."""
