"""Forms that can be filled in: one measure for each code, rules that compare what is asked for, a due date after
the cut-off (NĐ 09/2019/NĐ-CP, article 8.5: at least one working day between the cut-off and the deadline)."""

from services.contracts.programme.checks.repeated import refuse_repeated
from services.contracts.programme.faults import Faults
from services.contracts.programme.reading.folder import Folder
from services.contracts.programme.reading.shapes import FormShape, RowFieldShape, RuleShape


def check_forms(folder: Folder, faults: Faults) -> None:
    refuse_repeated(folder.forms, lambda form: form.code, "code", faults)
    measures = [measure for form in folder.forms for measure in form.measures]
    refuse_repeated(measures, lambda measure: measure.code, "code", faults)
    for form in folder.forms:
        _check_due(form, faults)
        _check_measures(form, faults)
        _check_rules(form, "forms.yaml" in folder.whole, faults)
        _check_rows(form, faults)


def _check_due(form: FormShape, faults: Faults) -> None:
    if form.due.working_days < 1:
        vi = "hạn nộp phải sau ngày chốt số liệu ít nhất một ngày làm việc"
        en = "the deadline must be at least one working day after the cut-off"
        faults.add(form.due.place, "working_days", vi, en)


def _check_measures(form: FormShape, faults: Faults) -> None:
    if not form.measures:
        faults.add(form.place, "measures", "biểu mẫu không hỏi số liệu nào", "the form asks for no measure")
    for measure in form.measures:
        if measure.type == "flag" and measure.max is not None:
            faults.add(measure.place, "max", "cờ chỉ nhận 0 hoặc 1", "a flag is 0 or 1 and has no max")


def _check_rules(form: FormShape, whole: bool, faults: Faults) -> None:
    measures = {measure.code for measure in form.measures}
    for rule in form.rules:
        needed = "right" if rule.op == "at_most" else "parts"
        sides = [("left", rule.left), *((needed, code) for code in rule.rights)]
        for name, code in sides:
            if whole and code not in measures:
                vi, en = f"biểu mẫu không có {code}", f"the form has no measure {code}"
                faults.add(rule.place, name, vi, en)
        if rule.left in rule.rights:
            faults.add(rule.place, needed, "so sánh với chính nó", "compared with itself")
        _check_sides(rule, faults)


def _check_sides(rule: RuleShape, faults: Faults) -> None:
    """`at_most` compares with one measure, `sum_of` with two or more different ones."""
    if rule.op == "at_most" and (rule.right is None or rule.parts):
        faults.add(rule.place, "right", "at_most cần right và chỉ right", "at_most needs right and nothing else")
    if rule.op == "sum_of" and (rule.right is not None or len(set(rule.parts)) < max(2, len(rule.parts))):
        vi, en = "sum_of cần parts: hai số liệu khác nhau trở lên", "sum_of needs parts: two or more different measures"
        faults.add(rule.place, "parts", vi, en)


def _check_rows(form: FormShape, faults: Faults) -> None:
    refuse_repeated(form.rows, lambda kind: kind.code, "code", faults)
    for kind in form.rows:
        refuse_repeated(kind.fields, lambda field: field.code, "code", faults)
        if not kind.fields:
            faults.add(kind.place, "fields", "dòng không có ô nào", "a row without fields")
        for field in kind.fields:
            _check_field(field, faults)


def _check_field(field: RowFieldShape, faults: Faults) -> None:
    refuse_repeated(field.choices, lambda choice: choice.code, "code", faults)
    if field.choices and field.max is not None:
        vi, en = "ô chọn không có giá trị lớn nhất", "a field with choices has no max"
        faults.add(field.place, "max", vi, en)
