"""Use cases: one public function is one intention is one transaction."""
