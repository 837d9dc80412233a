"""The respondents' chat as pages that work without JavaScript."""
