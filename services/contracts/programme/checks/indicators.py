"""Indicators that mean something: fed by what their kind needs and nothing else, with a target that can be met."""

from typing import Final

from services.contracts.programme.checks.definitions import check_definitions
from services.contracts.programme.faults import Faults
from services.contracts.programme.indicators import ADDED_UP, REPORT_FED, UNTARGETED, IndicatorKind
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import FormShape, IndicatorShape, MeasureShape

_FEEDS: Final = ("form", "measure", "numerator", "denominator", "signer_kind")
_NEEDED: Final[dict[IndicatorKind, frozenset[str]]] = {
    "flag": frozenset({"form", "measure"}),
    "flow": frozenset({"form", "measure"}),
    "stock": frozenset({"form", "measure"}),
    "ratio": frozenset({"form", "numerator", "denominator"}),
    "coverage": frozenset({"signer_kind"}),
    "signers": frozenset({"signer_kind"}),
    "tips_received": frozenset(),
    "tips_in_time": frozenset(),
    "tips_resolved": frozenset(),
    "reports_on_time": frozenset(),
}
_COUNTS: Final = ADDED_UP | UNTARGETED
"""Their value is a number of things; the value of all other kinds is a share of 1."""


def check_indicators(folder: Folder, faults: Faults) -> None:
    check_definitions(folder, faults)
    decisions = {decision.number for decision in folder.programme.decisions} if folder.programme else None
    owners = {agency.kind for agency in folder.agencies}
    forms = {form.code: form for form in folder.forms}
    for indicator in folder.indicators:
        _check_feeds(indicator, faults)
        _check_target(indicator, faults)
        _check_decision(indicator, decisions, faults)
        _check_form(indicator, forms, "forms.yaml" in folder.whole, faults)
        if "agencies.csv" in folder.whole and indicator.owner_kind not in owners:
            vi, en = (
                f"không có cơ quan loại {indicator.owner_kind}",
                f"there is no agency of kind {indicator.owner_kind}",
            )
            faults.add(indicator.place, "owner_kind", vi, en)


def _check_feeds(indicator: IndicatorShape, faults: Faults) -> None:
    for name in _FEEDS:
        given = getattr(indicator, name) is not None or (name == "measure" and bool(indicator.measures))
        if given and name not in _NEEDED[indicator.kind]:
            vi, en = f"{indicator.kind} không dùng {name}", f"a {indicator.kind} has no {name}"
            faults.add(indicator.place, name, vi, en)
        if not given and name in _NEEDED[indicator.kind]:
            faults.add(indicator.place, name, f"{indicator.kind} cần {name}", f"a {indicator.kind} needs {name}")
    _check_added(indicator, faults)
    if indicator.trajectory == "linear" and indicator.kind != "coverage":
        vi, en = "chỉ độ phủ mới đi theo đường thẳng", "only a coverage has a linear trajectory"
        faults.add(indicator.place, "trajectory", vi, en)


def _check_added(indicator: IndicatorShape, faults: Faults) -> None:
    added = indicator.measures
    if not added:
        return
    if indicator.kind not in ADDED_UP:
        vi, en = f"{indicator.kind} không cộng nhiều số liệu", f"a {indicator.kind} adds no measures up"
        faults.add(indicator.place, "measures", vi, en)
    if indicator.measure is not None:
        vi, en = "chỉ ghi measure hoặc measures", "either measure or measures, not both"
        faults.add(indicator.place, "measures", vi, en)
    if len(added) == 1 or len(set(added)) < len(added):
        vi, en = "phải là hai số liệu khác nhau trở lên", "must be two or more different measures"
        faults.add(indicator.place, "measures", vi, en)


def _check_target(indicator: IndicatorShape, faults: Faults) -> None:
    target = indicator.target
    if target.den < 1:
        faults.add(target.place, "den", "mẫu số phải từ 1", "the denominator must be 1 or more")
    if target.per and (indicator.kind != "flow" or target.op != "at_least"):
        vi, en = "chỉ tiêu theo tháng chỉ dùng cho số cộng dồn, ít nhất", "per month is for a flow at least so large"
        faults.add(target.place, "per", vi, en)
    _check_absence(indicator, faults)
    if indicator.kind not in _COUNTS:
        if target.op != "at_least":
            vi, en = f"chỉ tiêu của {indicator.kind} là ít nhất", f"the target of a {indicator.kind} is a least value"
            faults.add(target.place, "op", vi, en)
        if not 0 < target.num <= target.den:
            vi, en = "tỷ lệ phải trên 0 và không quá 100 %", "a share must be above 0 and not above 100 %"
            faults.add(target.place, "num", vi, en)


def _check_absence(indicator: IndicatorShape, faults: Faults) -> None:
    """Who may do without a target, who must, and how that is written."""
    target = indicator.target
    if target.op == "none" and indicator.kind not in _COUNTS:
        vi, en = f"chỉ {', '.join(sorted(_COUNTS))} không có chỉ tiêu", "only a count may have no target"
        faults.add(target.place, "op", vi, en)
    elif target.op != "none" and indicator.kind in UNTARGETED:
        vi, en = f"{indicator.kind} không có chỉ tiêu", f"a {indicator.kind} has no target"
        faults.add(target.place, "op", vi, en)
    elif target.op == "none" and (target.num, target.den) != (0, 1):
        faults.add(target.place, "num", "không có chỉ tiêu thì ghi 0/1", "without a target it is 0/1")


def _check_decision(indicator: IndicatorShape, decisions: set[str] | None, faults: Faults) -> None:
    target = indicator.target
    if not target.decision and not target.provisional and target.op != "none":
        vi = "chỉ tiêu phải có số quyết định hoặc là tạm tính"
        en = "a target needs the number of its decision, or is provisional"
        faults.add(target.place, "decision", vi, en)
    if target.decision and decisions is not None and target.decision not in decisions:
        vi = f"programme.yaml không có văn bản {target.decision}"
        en = f"programme.yaml has no decision {target.decision}"
        faults.add(target.place, "decision", vi, en)


def _check_form(indicator: IndicatorShape, forms: dict[str, FormShape], whole: bool, faults: Faults) -> None:
    if indicator.form is None or indicator.kind not in REPORT_FED:
        return
    form = forms.get(indicator.form)
    if form is None:
        if whole:
            vi, en = f"không có biểu mẫu {indicator.form}", f"there is no form {indicator.form}"
            faults.add(indicator.place, "form", vi, en)
        return
    if form.frequency != indicator.frequency:
        vi, en = f"biểu mẫu nộp theo {form.frequency}", f"the form is filed every {form.frequency}"
        faults.add(indicator.place, "frequency", vi, en)
    measures = {measure.code: measure for measure in form.measures}
    for name in ("measure", "numerator", "denominator"):
        _check_measure(indicator, name, getattr(indicator, name), measures, whole, faults)
    for code in indicator.measures:
        _check_measure(indicator, "measures", code, measures, whole, faults)
    if indicator.numerator and indicator.numerator == indicator.denominator:
        faults.add(indicator.place, "denominator", "chia cho chính nó", "divided by itself")
    _check_parts(indicator, measures, faults)


def _check_measure(
    indicator: IndicatorShape,
    name: str,
    code: str | None,
    measures: dict[str, MeasureShape],
    whole: bool,
    faults: Faults,
) -> None:
    if code is None:
        return
    measure = measures.get(code)
    if measure is None:
        if whole:
            vi, en = f"{indicator.form} không có {code}", f"{indicator.form} has no measure {code}"
            faults.add(indicator.place, name, vi, en)
    elif name in {"measure", "measures"} and measure.type != indicator.kind:
        vi, en = f"{code} là {measure.type}, không phải {indicator.kind}", f"{code} is a {measure.type}"
        faults.add(indicator.place, name, vi, en)


def _check_parts(indicator: IndicatorShape, measures: dict[str, MeasureShape], faults: Faults) -> None:
    """Both parts of a ratio are stocks: a share of flows would have to be added up in another way."""
    for name in ("numerator", "denominator"):
        measure = measures.get(getattr(indicator, name) or "")
        if measure is not None and measure.type != "stock":
            vi = f"hai phần của tỷ lệ phải cùng là stock; {measure.code} là {measure.type}"
            en = f"both parts of a ratio must be stocks; {measure.code} is a {measure.type}"
            faults.add(indicator.place, name, vi, en)
