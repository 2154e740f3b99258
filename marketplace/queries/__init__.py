"""Questions, named by what is asked; a query looks and never touches."""
