"""Verdicts that can be given: criteria that count and compare something, quorums that can be reached, a law quoted."""

from collections.abc import Mapping
from typing import Final

from services.contracts.programme.calendars import PERIOD_KINDS
from services.contracts.programme.checks.criteria import check_criterion
from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.indicator_shapes import IndicatorShape
from services.contracts.programme.reading.verdict_shapes import (
    CriterionShape,
    GradeShape,
    OtherwiseShape,
    QuorumShape,
    RulePackShape,
    VerdictShape,
)

Indicators = Mapping[str, IndicatorShape]
_LENGTH: Final = {kind: number for number, kind in enumerate(PERIOD_KINDS)}


def check_verdicts(folder: Folder, faults: Faults) -> None:
    indicators = {indicator.code: indicator for indicator in folder.indicators}
    for pack in folder.packs:
        _check_pack(pack, faults)
        for criterion in pack.criteria:
            check_criterion(criterion, indicators, "indicators.yaml" in folder.whole, faults)
        for verdict in pack.verdicts:
            _check_verdict(verdict, pack, indicators, "verdicts.yaml" in folder.whole, faults)
    _check_editions(folder.packs, faults)


def _check_pack(pack: RulePackShape, faults: Faults) -> None:
    refuse_repeated(pack.criteria, lambda criterion: criterion.code, "code", faults)
    refuse_repeated(pack.verdicts, lambda verdict: verdict.code, "code", faults)
    if not pack.citation.number and not pack.citation.provisional:
        vi, en = "văn bản không có số thì phải là tạm tính", "a paper without a number is provisional"
        faults.add(pack.citation.place, "number", vi, en)
    if pack.last_day < pack.first_day:
        vi, en = "ngày cuối trước ngày đầu", "the last day is before the first"
        faults.add(pack.place, "valid_to", vi, en)
    if not pack.verdicts:
        faults.add(pack.place, "verdicts", "bộ quy tắc không kết luận gì", "a pack without a verdict")
    quoted = {
        named.criterion
        for verdict in pack.verdicts
        for grade in verdict.grades
        for quorum in grade.quorums
        for named in quorum.of
    }
    for criterion in pack.criteria:
        if criterion.code not in quoted:
            vi, en = f"không kết luận nào dùng {criterion.code}", f"no verdict asks for {criterion.code}"
            faults.add(criterion.place, "code", vi, en)


def _check_editions(packs: list[RulePackShape], faults: Faults) -> None:
    """On any day at most one edition of a pack is in force."""
    for number, pack in enumerate(packs):
        for earlier in packs[:number]:
            if pack.code == earlier.code and pack.first_day <= earlier.last_day and earlier.first_day <= pack.last_day:
                vi = f"hiệu lực chồng lên {pack.code} ở dòng {earlier.place.line}"
                en = f"overlaps the days of {pack.code} on line {earlier.place.line}"
                faults.add(pack.place, "valid_from", vi, en)


def _check_verdict(
    verdict: VerdictShape, pack: RulePackShape, indicators: Indicators, whole: bool, faults: Faults
) -> None:
    refuse_repeated(verdict.judges, lambda judged: judged.kind, "kind", faults)
    grades: list[GradeShape | OtherwiseShape] = [*verdict.grades, verdict.otherwise]
    refuse_repeated(grades, lambda grade: grade.code, "code", faults)
    if not verdict.judges:
        faults.add(verdict.place, "judges", "không áp dụng cho loại đơn vị nào", "it judges no kind of unit")
    if not verdict.grades:
        faults.add(verdict.place, "grades", "không có mức nào", "it has no grade")
    criteria = {criterion.code: criterion for criterion in pack.criteria}
    for grade in verdict.grades:
        if not grade.quorums:
            faults.add(grade.place, "quorums", "mức không có điều kiện", "a grade without a quorum")
        for quorum in grade.quorums:
            _check_quorum(quorum, criteria, whole, faults)
            _check_frequency(quorum, verdict, criteria, indicators, faults)


def _check_quorum(quorum: QuorumShape, criteria: Mapping[str, CriterionShape], whole: bool, faults: Faults) -> None:
    refuse_repeated(quorum.of, lambda quoted: quoted.criterion, "criterion", faults)
    if quorum.need > len(quorum.of) and whole:
        vi, en = f"cần {quorum.need} trong {len(quorum.of)} tiêu chí", f"{quorum.need} of {len(quorum.of)} criteria"
        faults.add(quorum.place, "need", vi, en)
    for quoted in quorum.of:
        if whole and quoted.criterion not in criteria:
            vi, en = f"không có tiêu chí {quoted.criterion}", f"there is no criterion {quoted.criterion}"
            faults.add(quoted.place, "criterion", vi, en)


def _check_frequency(
    quorum: QuorumShape,
    verdict: VerdictShape,
    criteria: Mapping[str, CriterionShape],
    indicators: Indicators,
    faults: Faults,
) -> None:
    for quoted in quorum.of:
        criterion = criteria.get(quoted.criterion)
        for named in [*criterion.reads, *criterion.per] if criterion else []:
            read = indicators.get(named.indicator)
            if read and _LENGTH[read.frequency] > _LENGTH[verdict.frequency]:
                vi = f"{read.code} chỉ có theo {read.frequency}, kết luận theo {verdict.frequency}"
                en = f"{read.code} is judged every {read.frequency}, the verdict every {verdict.frequency}"
                faults.add(quoted.place, "criterion", vi, en)
