"""What the pages of tips say, in Vietnamese and English."""

from collections.abc import Mapping
from typing import Final

from services.contracts.errors import Text

HOTLINE: Final = "0769.04.04.04"
"""The hotline of the drug police (C04), at any hour."""
PAGE_WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Tố giác về ma tuý", "Report drug crime"),
    "promise": Text(
        "Không cần tên. Chúng tôi không lưu địa chỉ mạng, thiết bị hay giờ gửi. "
        "Chỉ công an có trách nhiệm mở được tin.",
        "No name is needed. We do not keep your network address, your device or the hour. "
        "Only the responsible police can open it.",
    ),
    "urgent": Text("Nguy hiểm tức thời: gọi", "Immediate danger: call"),
    "hotline": Text("đường dây nóng về ma tuý, 24/24", "drug hotline, at any hour"),
    "category": Text("Việc gì?", "What is it?"),
    "trade": Text("Mua bán, vận chuyển", "Trade, transport"),
    "possession": Text("Tàng trữ", "Possession"),
    "use": Text("Sử dụng", "Use"),
    "other_violation": Text("Việc khác", "Something else"),
    "unit": Text("Ở xã, phường nào?", "In which ward or commune?"),
    "unknown": Text("Tôi không biết", "I do not know"),
    "concerned": Text("Tin có nói về một cán bộ hoặc cơ quan không?", "Is an official or an agency concerned?"),
    "concerned_why": Text(
        "Nếu có, nơi đó và cấp dưới của nơi đó sẽ không nhận được tin này.",
        "If so, nobody of that place or below it will receive this.",
    ),
    "nobody": Text("Không", "No"),
    "of": Text("Có, thuộc", "Yes, of"),
    "text": Text("Anh, chị đã thấy gì?", "What did you see?"),
    "place": Text("Ở chỗ nào?", "Where exactly?"),
    "happened": Text("Khi nào?", "When?"),
    "contact": Text("Cách liên lạc (không bắt buộc)", "How to reach you (not required)"),
    "images": Text("Ảnh (tối đa 3, mỗi ảnh 1,5 MB)", "Pictures (up to 3, of 1.5 MB each)"),
    "images_why": Text(
        "Vị trí và thông tin máy ảnh trong tệp sẽ bị xoá.", "Position and camera data in the file are removed."
    ),
    "images_again": Text("Hãy chọn lại ảnh.", "Please choose the pictures again."),
    "honest": Text(
        "Cố ý báo tin sai sự thật có thể bị xử lý theo pháp luật.",
        "Knowingly false reports may be punished by law.",
    ),
    "send": Text("Gửi", "Send"),
    "mend": Text("Hãy sửa những chỗ được đánh dấu.", "Please correct what is marked."),
    "away": Text(
        "Hiện chưa nhận được tin. Hãy thử lại sau, hoặc gọi ngay", "We cannot take it now. Try again later, or call now"
    ),
    "taken": Text("Đã nhận và niêm phong.", "Received and sealed."),
    "words": Text(
        "Đây là các từ để quay lại xem công an trả lời. Hãy chép ra giấy: chúng chỉ hiện một lần.",
        "With these words you can come back for an answer. Write them down: they are shown only once.",
    ),
    "due": Text("Theo luật, việc xác minh phải xong chậm nhất ngày", "By law it must be verified at the latest by"),
    "another": Text("Gửi tin khác", "Send another"),
    "come_back": Text("Xem công an trả lời", "See what the police answered"),
    "your_words": Text("Các từ của anh, chị", "Your words"),
    "your_words_why": Text("Có dấu hay không dấu đều được.", "With or without marks."),
    "message": Text("Nhắn thêm cho công an (không bắt buộc)", "A message to the police (not required)"),
    "ask": Text("Xem", "Show"),
    "state": Text("Tình trạng", "State"),
    "received": Text("Đã nhận", "Received"),
    "handed_over": Text("Đã chuyển cơ quan điều tra", "Handed over to the investigators"),
    "verifying": Text("Đang xác minh", "Being verified"),
    "closed": Text("Đã kết thúc xác minh", "Verification is finished"),
    "from_police": Text("Công an viết", "The police wrote"),
    "from_you": Text("Anh, chị đã viết (đã niêm phong)", "You wrote (sealed)"),
    "unreadable": Text("(không mở được)", "(cannot be opened)"),
    "nothing_written": Text("Chưa có trả lời.", "No answer yet."),
    "other_language": Text("English", "Tiếng Việt"),
}
