"""Finds and removes what could identify a person in free text; knows no storage, channel or framework."""
