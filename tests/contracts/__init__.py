"""What SQLite and PostgreSQL both promise: one contract, run over each."""
