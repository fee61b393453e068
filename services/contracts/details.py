"""What is said beside a fault's own text, in Vietnamese and English: short, without a value of the sender."""

from typing import Final

from services.contracts.errors import Text

NO_SUCH_UNIT: Final = Text("không có đơn vị này vào ngày đó", "no such unit on that day")
OUTSIDE: Final = Text("ngoài chương trình", "outside the programme")
NOT_REGISTERED: Final = Text("cơ quan chưa đăng ký", "not a registered agency")
NOT_THEIR_UNIT: Final = Text("cơ quan không phụ trách đơn vị này", "the agency does not speak for this unit")
NOT_A_WARD: Final = Text(
    "cam kết được tính theo phường, xã và đơn vị tương đương", "pledges are counted in wards and communes"
)
BEFORE_RECEIPT: Final = Text("trước ngày tiếp nhận", "before the day of receipt")
BEFORE_DUE: Final = Text("trước ngày đến hạn", "before the day it is due")
AFTER_NEXT_YEAR: Final = Text("sau năm kế tiếp", "after next year")
SIGNED_AFTER_NEXT_YEAR: Final = Text("ký sau năm kế tiếp", "signed after next year")
UNKNOWN: Final = Text("không được biết", "unknown")
NO_SUCH_GROUP: Final = Text("không phải tổ, thôn của đơn vị này", "no group of this unit")
NOT_FOR_THIS_KIND: Final = Text("không dùng cho loại đối tượng này", "not for this kind of signer")
NOT_IN_REGISTER: Final = Text("không có trong danh sách của đơn vị này", "not in the register of this unit")
NOBODY_OWES: Final = Text("không cơ quan nào phải nộp báo cáo này", "nobody owes such a report")
NOT_ITS_UNIT: Final = Text("không phải đơn vị của báo cáo", "not the unit of the report")
NO_PERIOD_OF_FORM: Final = Text("không phải kỳ của biểu mẫu này", "no period of this form")
NO_PERIOD: Final = Text("không phải kỳ của chương trình", "not a period of the programme")
NOT_CLOSED: Final = Text("kỳ chưa kết thúc", "the period had not closed")
NO_INDICATOR: Final = Text("chương trình không có chỉ tiêu này", "no indicator of the programme")
UNIT_OWES_NONE: Final = Text("đơn vị không phải nộp báo cáo này", "owes no such report")
OWNER_OWES_NONE: Final = Text("cơ quan không phải nộp báo cáo này", "does not owe this report")
NOT_ITS_ID: Final = Text("không phải mã của báo cáo này", "not the id of this report")
NIL_WITH_VALUES: Final = Text("báo cáo không phát sinh thì không có số liệu", "a nil report has no values")
NO_MEASURE: Final = Text("biểu mẫu không có số liệu này", "no measure of this form")
OUT_OF_RANGE: Final = Text("ngoài giới hạn", "out of range")
NO_ROWS: Final = Text("biểu mẫu không có bảng này", "no rows of this form")
TOO_MANY: Final = Text("quá nhiều dòng", "too many")
OTHER_FIELDS: Final = Text("không đúng các trường của dòng", "not the fields of this row")
NOT_ALLOWED: Final = Text("không được phép", "not allowed")
NOT_A_SANDBOX: Final = Text("không phải chương trình thử nghiệm", "not a sandbox")
NO_VALUE: Final = Text("không có nội dung", "no value")
NO_OFFSET: Final = Text("thiếu múi giờ", "no offset")
NOT_UTF8: Final = Text("không phải UTF-8", "not UTF-8")
NOT_JSON: Final = Text("không phải JSON", "not JSON")
NEWER_THAN_STATED: Final = Text("nội dung của phiên bản mới hơn", "it says what only a later version can")
SIGNS_ITSELF: Final = Text("là bên ký trong phiếu này", "signs this very sheet")
REPEATED: Final = Text("xuất hiện nhiều lần", "given more than once")


def plain(technical: str) -> Text:
    """What needs no language: numbers, codes, names of fields."""
    return Text(technical, technical)


def more_than(field: str) -> Text:
    return Text(f"lớn hơn {field}", f"more than {field}")


def not_the_sum_of(fields: str) -> Text:
    return Text(f"khác {fields}", f"not {fields}")


def deeper_than(levels: int) -> Text:
    return Text(f"lồng sâu hơn {levels} tầng", f"nested deeper than {levels}")


def programme_version(version: int) -> Text:
    return Text(f"phiên bản chương trình {version}", f"programme version {version}")
