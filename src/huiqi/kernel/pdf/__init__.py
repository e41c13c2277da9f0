"""Documents 文书 as PDF: rendering, and those that are issued and can be verified."""
