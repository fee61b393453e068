"""The words for what is wrong with an input, in Vietnamese and English."""

from enum import StrEnum
from typing import Final, NamedTuple


class Reason(StrEnum):
    """Why an event is permanently refused. Closed: it is a label of the rejects metric and a header of dead letters."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNKNOWN_PROGRAMME = "unknown_programme"
    UNKNOWN_UNIT = "unknown_unit"
    INVALID_FIELD = "invalid_field"
    TOO_LARGE = "too_large"


class Text(NamedTuple):
    vi: str
    en: str


NOTHING: Final = Text("", "")


class Rejected(Exception):
    """Permanently bad input: 422 at the edge, a dead letter in the consumer. `field` is a dotted path, or empty."""

    def __init__(self, reason: Reason, field: str = "", detail: Text = NOTHING) -> None:
        super().__init__(f"{reason.value} at {field or '-'}: {detail.en}")
        self.reason = reason
        self.field = field
        self.detail = detail


class Unfit(ValueError):
    """Raised while a struct is made: a rule beyond type and bounds is broken. `field` is relative to the struct."""

    def __init__(self, field: str, code: str, detail: str = "") -> None:
        super().__init__(f"{code} at {field or '-'}: {detail}")
        self.field = field
        self.code = code
        self.detail = detail


class Fault(NamedTuple):
    """One thing wrong with a request: where (dotted path), a code, and both texts."""

    field: str
    code: str
    vi: str
    en: str


FAULT_TEXTS: dict[str, Text] = {
    "malformed": Text("Nội dung không phải JSON hợp lệ.", "The body is not valid JSON."),
    "unknown_type": Text("Loại sự kiện không được biết.", "The event type is not known."),
    "unsupported_version": Text("Phiên bản sự kiện không được hỗ trợ.", "The event version is not supported."),
    "unknown_programme": Text("Chương trình không tồn tại.", "The programme is not known."),
    "unknown_unit": Text(
        "Đơn vị không có trong chương trình vào ngày này.",
        "The unit is not part of the programme on that day.",
    ),
    "invalid_field": Text("Giá trị không hợp lệ.", "The value is not valid."),
    "too_large": Text("Nội dung quá lớn.", "The body is too large."),
    "required": Text("Thiếu trường bắt buộc.", "A required field is missing."),
    "unknown_field": Text("Trường này không được biết.", "This field is not known."),
    "wrong_type": Text("Sai kiểu dữ liệu.", "The value is of the wrong type."),
    "out_of_range": Text("Giá trị nằm ngoài giới hạn.", "The value is out of range."),
    "wrong_length": Text("Độ dài không hợp lệ.", "The length is out of range."),
    "wrong_pattern": Text("Định dạng không đúng.", "The format is not right."),
    "exactly_one": Text("Cần đúng một trong các trường này.", "Exactly one of these fields is needed."),
    "not_one_of": Text("Giá trị không thuộc danh sách cho phép.", "The value is not one of those allowed."),
    "officers_only": Text(
        "Chỉ cán bộ tiếp nhận ghi mục này; hãy bỏ trống.", "This is for the officer who took it; leave it out."
    ),
    "programme_over": Text(
        "Địa bàn này không còn trong chương trình. Hãy gọi 0769.04.04.04 hoặc 113.",
        "The programme's area no longer exists. Please call 0769.04.04.04 or 113.",
    ),
    "not_a_picture": Text(
        "Không phải ảnh JPEG, PNG hoặc WebP đọc được.", "This is no JPEG, PNG or WebP picture that can be read."
    ),
    "unknown_words": Text(
        "Không có tin nào với các từ này; hãy xem lại từng từ và thứ tự.",
        "There is no tip of these words; look again at each of them and at their order.",
    ),
    "tip_ended": Text(
        "Tin này đã hết thời hạn lưu, không ai mở được nữa.", "This tip's time is over; nobody can open it any more."
    ),
    "busy": Text("Đang có nhiều người hỏi; hãy thử lại sau một phút.", "Many are asking now; try again in a minute."),
    "key_used": Text(
        "Khoá này đã dùng cho một tin khác; hãy dùng khoá mới.", "This key was used for another tip; take a new one."
    ),
    "chance_key": Text(
        "Khoá của người gửi ẩn danh phải là 32 đến 64 chữ số thập lục phân ngẫu nhiên.",
        "Without an officer's token the key must be 32 to 64 hexadecimal digits drawn at random.",
    ),
    "not_a_sandbox": Text("Chỉ dùng được trong chương trình thử nghiệm.", "Only a sandbox programme allows this."),
    "test_token": Text(
        "Mã truy cập thử nghiệm chỉ dùng cho chương trình thử nghiệm.",
        "A test token is good for sandboxes only.",
    ),
    "unauthenticated": Text("Thiếu mã truy cập hợp lệ.", "A valid access token is needed."),
    "expired": Text("Mã truy cập đã hết hạn.", "The access token has expired."),
    "forbidden": Text("Không có quyền với đơn vị hoặc việc này.", "Your agency, unit or role does not allow this."),
    "not_found": Text("Không tìm thấy.", "Not found."),
    "method_not_allowed": Text("Phương thức không được phép.", "The method is not allowed here."),
    "unsupported_media_type": Text("Chỉ nhận application/json.", "Only application/json is accepted."),
    "malformed_request": Text("Yêu cầu HTTP không hợp lệ.", "This is not a valid HTTP request."),
    "request_timeout": Text("Yêu cầu đến quá chậm.", "The request came too slowly."),
    "uri_too_long": Text("Địa chỉ yêu cầu quá dài.", "The request's address is too long."),
    "headers_too_large": Text("Quá nhiều tiêu đề, hoặc tiêu đề quá dài.", "Too many headers, or too long ones."),
    "content_encoding": Text(
        "Không nhận nội dung nén: hãy gửi không có Content-Encoding.",
        "Compressed bodies are not taken: send it without a Content-Encoding.",
    ),
    "idempotency_key": Text(
        "Thiếu hoặc sai tiêu đề Idempotency-Key (8–64 ký tự, chữ, số, - _ . :).",
        "The Idempotency-Key header is missing or wrong (8–64 letters, digits, - _ . :).",
    ),
    "unavailable": Text(
        "Tạm thời chưa xác nhận được; hãy gửi lại với cùng Idempotency-Key.",
        "Not confirmed for now; send it again with the same Idempotency-Key.",
    ),
    "clocks_apart": Text(
        "Đồng hồ của máy chủ đang sai nên chưa nhận; hãy gửi lại sau với cùng Idempotency-Key.",
        "The server's clock is off, so nothing is taken; send it again later with the same Idempotency-Key.",
    ),
    "not_ready": Text("Dịch vụ chưa sẵn sàng.", "The service is not ready."),
    "internal": Text("Lỗi trong hệ thống.", "An internal error."),
    "report_mismatch": Text(
        "Mã báo cáo không khớp với biểu mẫu, đơn vị, kỳ và cơ quan.",
        "The report id does not belong to this form, unit, period and owner.",
    ),
    "group_needed": Text(
        "Địa chỉ chỉ có nghĩa trong một tổ dân phố hoặc thôn: cần trường group.",
        "An address means something only within a group: group is needed.",
    ),
    "wrong_basis": Text(
        "Loại đối tượng này được xác định bằng thông tin khác.", "This kind of signer is identified by something else."
    ),
    "not_listed": Text("Không có trong danh sách tổ chức của đơn vị.", "Not in the programme's register of this unit."),
    "same_signer": Text("Một người ký có hai dòng trong phiếu.", "One signer stands on the sheet twice."),
    "same_sheet": Text("Một phiếu có hai lần trong lô.", "One sheet stands in the batch twice."),
    "too_few_declared": Text("Số đã khai nhỏ hơn số người ký gửi kèm.", "Fewer are declared than have signed."),
    "period_not_closed": Text("Kỳ báo cáo chưa kết thúc.", "The period has not closed yet."),
    "digest_mismatch": Text(
        "Số liệu không đúng với mã băm của bản dự thảo.", "The values are not those that the digest was made of."
    ),
    "same_unit": Text("Một đơn vị có hai lần.", "One unit is given twice."),
    "same_indicator": Text("Một chỉ tiêu có hai lần.", "One indicator is given twice."),
    "not_below": Text("Đơn vị không thuộc đơn vị công bố.", "The unit does not lie below the one that is published."),
    "owes_reports": Text(
        "Cơ quan phải nộp báo cáo của kỳ này không tự công bố hoặc mở lại kỳ.",
        "An agency that owes reports for this period neither publishes nor reopens it.",
    ),
    "not_known_yet": Text(
        "Ngày này chưa hết, hoặc chưa đọc hết các tin của ngày này; bỏ known_at để xem tình trạng hiện nay.",
        "This day is not over, or not all that was said on it is read yet; without known_at the present is answered.",
    ),
    "nothing_known": Text(
        "Đến hết ngày này chưa có gì được ghi nhận về chương trình.",
        "Nothing was known of the programme by the end of this day.",
    ),
    "in_the_future": Text("Ngày này chưa đến.", "This day has not come yet."),
    "ends_before_start": Text("Ngày cuối trước ngày đầu.", "The last day lies before the first."),
    "period_not_open": Text("Kỳ báo cáo chưa bắt đầu.", "The period has not begun."),
    "unknown_agency": Text(
        "Cơ quan không có trong danh sách của chương trình.", "The agency is not registered in the programme."
    ),
    "not_your_report": Text(
        "Chỉ cơ quan của cấp trên mới gửi thay cho cơ quan khác.",
        "Only an agency of a unit above reports on behalf of another.",
    ),
    "own_report": Text(
        "Cơ quan lập báo cáo không tự duyệt hoặc trả lại báo cáo đó.",
        "The agency that owes a report does not decide on it.",
    ),
    "doubtful": Text("Số liệu đã nhận nhưng cần kiểm tra lại.", "It is taken, but should be looked at again."),
    "not_above": Text(
        "Chỉ cơ quan của cấp trên được gia hạn báo cáo.",
        "Only an agency of a unit above the one that owes a report extends it.",
    ),
    "clock": Text(
        "Tiêu đề Clock phải là thời điểm RFC 3339 có múi giờ, từ năm 2018.",
        "The Clock header must be an RFC 3339 instant with its offset, from 2018 on.",
    ),
}


def fault(field: str, code: str, detail: Text = NOTHING) -> Fault:
    """A fault with its texts; `detail` (see `details`; no values of the sender) is appended, each to its own."""
    vi, en = (f"{text} ({more})" if more else text for text, more in zip(FAULT_TEXTS[code], detail, strict=True))
    return Fault(field, code, vi, en)
