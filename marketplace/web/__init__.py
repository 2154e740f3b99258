"""The hallway behind all doors of pages: identity, access, inputs, errors, templates."""
