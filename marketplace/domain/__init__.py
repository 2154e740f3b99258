"""The law: rules that would still be true with pencil and paper. No clock, no I/O, no framework."""
