"""Every section and key there is, its type, its bounds and its default.

What each key means and why one would change it stands in config/edge-agent.yaml, which the tests
hold against these files. Durations are kept in seconds, sizes in bytes, shares from 0 to 1.
"""
