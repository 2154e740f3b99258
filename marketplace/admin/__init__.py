"""The operators' door: a week of sales, the live board, refunds and the people who may enter."""
