"""A brand's file on its way to a collection: reading it as people meant it, judging every row, saying why.

Pure rules, in the order in which a file meets them: ``guessing`` (header, layout, mapping), ``surveys`` (one look
over all rows), ``judging`` (the verdict on each row alone), ``photographs`` (which picture belongs where),
``checking`` (all of it at once). ``fields`` and ``codes`` are the documented lists that programs rely on.
"""
