"""What can be done with a consultation, one verb a file. Knows no channel; a door calls these and nothing deeper."""
