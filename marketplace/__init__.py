"""Aubaine: a private flash-sale marketplace in which brands are customers too."""
