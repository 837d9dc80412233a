"""The pages of the safeguarding lead, the deputy and the duty team."""
