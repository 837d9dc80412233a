"""Where codings and decisions lie. Knows answers by id only."""
