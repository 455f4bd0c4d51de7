"""Why the box ended, where it is no bug."""

from edge_agent.domain.errors import Unavailable, Unusable


def the_expected(group: BaseExceptionGroup[BaseException]) -> Unavailable | Unusable | None:
    """Find what ended the tasks of a group: what is wrong before what is away.

    Returns:
        None where there is anything else in the group: that is a bug and needs its traceback.
    """
    if group.split((Unavailable, Unusable))[1] is not None:
        return None
    for kind in (Unusable, Unavailable):
        found: BaseException | None = group.subgroup(kind)
        while isinstance(found, BaseExceptionGroup):
            found = found.exceptions[0]
        if isinstance(found, (Unavailable, Unusable)):
            return found
    return None
