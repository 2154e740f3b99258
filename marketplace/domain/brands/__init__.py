"""Brands as customers: states, people, the file that the law asks for, bank details, and what is owed at the gates."""
