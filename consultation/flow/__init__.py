"""The conversation as a pure function: `engine.step(survey, state, event) -> Step(state, effects)`.

Knows no channel, no clock, no database. Whatever a door can send is an event; whatever must happen is an effect.
"""
