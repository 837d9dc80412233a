"""The demonstration: simulated respondents, plainly labelled, played through the real conversation."""
