"""The members' door: today's sales, the bag, the order."""
