"""The room of the imports engine: files into rows. See docs/architecture.md for what is to come."""
