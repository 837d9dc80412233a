"""The staff bot (python-telegram-bot): private, small, with a token of its own."""
