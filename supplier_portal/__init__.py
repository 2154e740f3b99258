"""The brands' door: their files, deals, stock and what sold."""
