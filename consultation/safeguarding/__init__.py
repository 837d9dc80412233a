"""Screening every text for danger before anything else, and what help is offered. Knows no channel or store."""
