"""Image Search: the shapes of what it answers."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from edge_agent.domain.image_item import Category, ImageInstance, ImageItem, Region
from edge_agent.wire.cloud.scores import shown_score

_SUFFIXES: Final = ("", "2", "3", "4")
_MOST_OF_CLOTHES: Final = 7.33136443711219e24
_MOST: Final = 5.37633353624177e24
"""The first part of SortExprValues where two pictures are the same; deprecated by the cloud."""

_PER_CAPACITY: Final = 10_000
_FOREVER_MS: Final = 253_402_214_400_000  # 9999-12-31


def attributes(item: ImageItem) -> dict[str, Any]:
    """Write what the caller said of an item; what is not set is left out."""
    ints = {f"IntAttr{one}": value for one, value in zip(_SUFFIXES, item.ints, strict=True)}
    texts = {f"StrAttr{one}": value for one, value in zip(_SUFFIXES, item.texts, strict=True)}
    return {
        "ProductId": item.product,
        "PicName": item.name,
        "CategoryId": item.category,
        "CustomContent": item.custom,
        **ints,
        **texts,
    }


def auction(item: ImageItem, score: float | None, *, sorted_by: bool = True) -> dict[str, Any]:
    """Write one result.

    Args:
        item: that was found.
        score: 0 to 1; None where nothing was compared.
        sorted_by: with the deprecated SortExprValues.
    """
    told = {**attributes(item), "Score": None if score is None else shown_score(score)}
    if score is not None and sorted_by:
        most = _MOST_OF_CLOTHES if item.category <= Category.BOTTOMS else _MOST
        told["SortExprValues"] = f"{most * score:.15g};0"
    return told


def head(found: int, returned: int, took_ms: int) -> dict[str, int]:
    """Write Head."""
    return {"DocsFound": found, "DocsReturn": returned, "SearchTime": took_ms}


def picture_info(
    region: Region | None,
    category: int,
    others: Sequence[Region] | None,
    *,
    categories: bool,
) -> dict[str, Any]:
    """Write PicInfo.

    Args:
        region: what of the picture counts most.
        category: of it.
        others: its subjects; None leaves MultiRegion out.
        categories: whether the instance has categories.
    """
    return {
        "Region": None if region is None else str(region),
        "CategoryId": category,
        "MultiRegion": None if others is None else [{"Region": str(one)} for one in others],
        "AllCategories": all_categories(categories=categories),
    }


def all_categories(*, categories: bool) -> list[dict[str, Any]]:
    """Write AllCategories: of goods all of them, of anything else the one that there is."""
    listed: Iterable[Category] = Category if categories else (Category.OTHER,)
    return [{"Id": int(one), "Name": one.title} for one in listed]


def instance(told: ImageInstance, items: int, region: str) -> dict[str, Any]:
    """Write Instance of Detail."""
    return {
        "Name": told.name,
        "Region": region,
        "Capacity": -(-told.capacity // _PER_CAPACITY),
        "Qps": told.per_second,
        "ServiceType": int(told.service),
        "TotalCount": items,
        "UtcCreate": str(told.created_ms),
        "UtcExpireTime": str(_FOREVER_MS),
    }


def task_page(page: int, size: int, total: int) -> dict[str, int]:
    """Write what stands beside the tasks of a page."""
    return {"PageNumber": page, "PageSize": size, "TotalCount": total}
