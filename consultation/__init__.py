"""The rules and records of consulting people. Knows no channel and no screen."""
