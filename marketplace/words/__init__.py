"""What is said: catalogues, formats of money and dates, templates of mails and documents."""
