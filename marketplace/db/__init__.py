"""The vault: tables, and the few statements that change or lock them."""
