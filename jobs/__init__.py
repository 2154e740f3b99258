"""Night staff: the workers and clocks that act when nobody knocks."""
