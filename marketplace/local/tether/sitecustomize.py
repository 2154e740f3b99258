"""Run by Python itself at each start below the supervisor: ties the process to its parent."""

from marketplace.local import tether

tether.hold()
