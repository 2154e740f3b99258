"""The night staff: clocks that record what the hour brought, and workers that carry out what follows."""
