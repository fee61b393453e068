"""Criteria that mean something: what they read exists and can be added up, and it is compared with a threshold."""

from collections.abc import Mapping

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.indicators import ADDED_UP
from services.contracts.programme.reading.shapes import IndicatorShape
from services.contracts.programme.reading.verdict_shapes import CriterionShape
from services.contracts.programme.verdicts import THRESHOLDS


def check_criterion(
    criterion: CriterionShape, indicators: Mapping[str, IndicatorShape], whole: bool, faults: Faults
) -> None:
    _check_reads(criterion, indicators, whole, faults)
    _check_thresholds(criterion, faults)
    _check_standing(criterion, faults)


def _check_reads(
    criterion: CriterionShape, indicators: Mapping[str, IndicatorShape], whole: bool, faults: Faults
) -> None:
    named = [*criterion.reads, *criterion.per]
    refuse_repeated(named, lambda read: read.indicator, "indicator", faults)
    for read in named:
        found = indicators.get(read.indicator)
        if found is None:
            if whole:
                vi, en = f"không có chỉ tiêu {read.indicator}", f"there is no indicator {read.indicator}"
                faults.add(read.place, "indicator", vi, en)
        elif len(named) > 1 and found.kind not in ADDED_UP:
            vi = f"{read.indicator} là {found.kind}: không cộng hay chia được"
            en = f"{read.indicator} is a {found.kind}: it cannot be added or divided"
            faults.add(read.place, "indicator", vi, en)
    if criterion.per and not criterion.reads:
        faults.add(criterion.place, "per", "không có gì để chia", "there is nothing to divide")
    if criterion.each and (criterion.per or len(criterion.reads) > 1):
        vi, en = "từng đơn vị và tháng chỉ xét một chỉ tiêu", "every unit and month is asked about one indicator"
        faults.add(criterion.place, "each", vi, en)


def _check_thresholds(criterion: CriterionShape, faults: Faults) -> None:
    for name in THRESHOLDS:
        threshold = getattr(criterion, name)
        if threshold is not None and threshold.den < 1:
            faults.add(threshold.place, "den", "mẫu số phải từ 1", "the denominator must be 1 or more")
            return
    least, most, below = (getattr(criterion, name) for name in THRESHOLDS)
    if most and below:
        faults.add(criterion.place, "below", "hai ngưỡng trên", "there are two upper thresholds")
    upper = most or below
    if least and upper:
        lower, limit = least.num * upper.den, upper.num * least.den
        if lower > limit or (below and lower == limit):
            vi, en = "không số nào nằm giữa hai ngưỡng", "no number lies between the thresholds"
            faults.add(criterion.place, "at_least", vi, en)


def _check_standing(criterion: CriterionShape, faults: Faults) -> None:
    """What is decided needs something to read and a threshold; what is not, or not by every threshold, says why."""
    thresholds = [getattr(criterion, name) for name in THRESHOLDS]
    unsettled = criterion.provisional or any(one is not None and one.provisional for one in thresholds)
    if unsettled and criterion.reason is None:
        vi, en = "tạm tính thì phải nói vì sao", "a provisional criterion or threshold says why"
        faults.add(criterion.place, "reason", vi, en)
    if not unsettled and criterion.reason is not None:
        vi, en = "chỉ tiêu chí hoặc ngưỡng tạm tính mới có lý do", "only what is provisional has a reason"
        faults.add(criterion.place, "reason", vi, en)
    if criterion.provisional:
        return
    if not criterion.reads:
        vi, en = "không đọc chỉ tiêu nào", "it reads no indicator"
        faults.add(criterion.place, "reads", vi, en)
    if not any(thresholds):
        faults.add(criterion.place, "at_least", "thiếu ngưỡng", "it has no threshold")
