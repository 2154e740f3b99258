"""What stands in on one machine: stores, the process tree, the Stripe simulator."""
