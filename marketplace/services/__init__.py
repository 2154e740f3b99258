"""Use cases: one public function is one intention in one transaction."""
