"""Rooms without a door: programs that open strangers' files in a child process with limits.

``starting`` is the parent's side. ``guard`` shuts the child in; ``sheets`` and ``pictures`` are what runs there.
Nothing here imports more than it needs, for each upload pays for the child's start.
"""
