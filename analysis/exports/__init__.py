"""Report or records to the bytes of a file: one format a module, no queries, the same bytes for the same input."""
