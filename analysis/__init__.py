"""From redacted answers to findings. Knows no channel, and never sees raw text."""
