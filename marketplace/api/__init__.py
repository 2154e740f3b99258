"""The machines' door: the same services and queries, described in OpenAPI."""
