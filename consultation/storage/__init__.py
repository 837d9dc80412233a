"""Where the records lie: SQLModel tables and the transactions over them. Knows no rule of consulting people."""
