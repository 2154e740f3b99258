"""A house to look at: brands with collections, members with bags, one sale open and one about to open.

Everything is done as people would do it, through the same services: files are uploaded and read by the workers,
deals proposed and accepted, stock counted, sales approved and scheduled, orders paid at the simulator's own page.
It runs on embedded stores only, once, when they are empty.
"""
