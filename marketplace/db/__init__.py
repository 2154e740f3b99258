"""The vault: tables, locks and the few statements that change them."""
