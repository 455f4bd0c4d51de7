"""Pictures of every page of the dashboard, as somebody sees it."""
