"""Telephones: the only code that speaks to strangers (Stripe, mail servers, disks, spreadsheets)."""
