"""The store's page: what the cameras saw, who was where, and the clip that shows it.

One page of plain HTML, CSS and JavaScript modules, shipped in the package and served from memory;
nothing is built and nothing is fetched from elsewhere. It acts by calling the HTTP door from the
browser with the token of whoever looks at it, so this package knows neither storage nor search.
"""

from edge_agent.dashboard.files import routes

__all__ = ["routes"]
