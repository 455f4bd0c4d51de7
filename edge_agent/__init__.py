"""A store's own box: cameras in, people remembered, questions answered on the spot.

The floors of the house and the reasons for them stand in `docs/architecture.md`.
"""
