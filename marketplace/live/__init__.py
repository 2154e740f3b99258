"""The process that keeps thousands of pages fresh by server-sent events."""
