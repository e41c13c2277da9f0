"""What is measured: a module a section of the report."""
