"""The words of the house as frozen values; standard library and numpy only.

Every time in this package is an integer of milliseconds since 1970-01-01T00:00Z and is named
`…_ms`. Every box is `xyxy`: left, top, right, bottom in pixels of the full frame.
"""
