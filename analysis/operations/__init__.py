"""What can be done with answers once they are redacted, one verb a file."""
