"""Telephones: the only code that speaks to strangers, one module for each of them."""
