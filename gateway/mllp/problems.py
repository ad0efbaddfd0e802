"""What is refused on a MLLP connection before a message is read, with its words and its cure."""

from schemas.problems import Fault, GatewayError, NotAuthenticated, TooLarge, WireError


def _fault(code: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Fault:
    return Fault(pointer="", code=f"mllp.{code}", zh=zh, en=en, cure_zh=cure_zh, cure_en=cure_en)


def not_a_frame() -> GatewayError:
    """Bytes that belong to no frame: what they were part of is not known, so nothing after them is read."""
    return WireError(
        _fault(
            "not_a_frame",
            "帧以外有其他字节，连接即将关闭",
            "bytes stand outside a frame; the connection ends",
            "请以0x0B开始、以0x1C 0x0D结束每一帧，重新连接后重发",
            "begin each frame with 0x0B and end it with 0x1C 0x0D; connect again and send again",
        )
    )


def cut_off() -> GatewayError:
    """A frame that never ended."""
    return WireError(
        _fault(
            "cut_off",
            "帧不完整，未受理，连接即将关闭",
            "the frame ended early; nothing was done, and the connection ends",
            "请重新连接并完整发送",
            "connect again and send the whole frame",
        )
    )


def unended_frame() -> GatewayError:
    """FS without its CR."""
    return WireError(
        _fault(
            "frame_end",
            "帧结束符0x1C之后不是0x0D，未受理，连接即将关闭",
            "0x1C is not followed by 0x0D; nothing was done, and the connection ends",
            "请以0x1C 0x0D结束每一帧",
            "end each frame with 0x1C 0x0D",
        )
    )


def too_slow(seconds_max: float) -> GatewayError:
    """A frame that did not arrive in time."""
    return WireError(
        _fault(
            "too_slow",
            f"未在{seconds_max:g}秒内收到完整的帧，未受理，连接即将关闭",
            f"the frame did not arrive within {seconds_max:g} s; nothing was done, and the connection ends",
            "请检查网络后重新发送",
            "check the network and send it again",
        )
    )


def frame_too_large(frame_bytes_max: int) -> GatewayError:
    """A frame past its bound."""
    return TooLarge(
        _fault(
            "frame_too_large",
            f"一帧超过{frame_bytes_max}字节，连接即将关闭",
            f"the frame is longer than {frame_bytes_max} bytes; the connection ends",
            "请拆分后分批发送",
            "send it in several messages",
        )
    )


def too_many_messages(messages_max: int) -> GatewayError:
    """More messages in one frame than are taken."""
    return TooLarge(
        _fault(
            "too_many_messages",
            f"一帧中的报文超过{messages_max}条，全部未受理",
            f"the frame holds more than {messages_max} messages; none of them was taken",
            "请分多帧发送",
            "send them in several frames",
        )
    )


def unknown_correspondent() -> GatewayError:
    """No such facility, or not from there: told apart to nobody (G10)."""
    return NotAuthenticated(
        _fault(
            "unknown_caller",
            "无法确认发送方身份",
            "the sender is not known here",
            "请在MSH-4填写本机构约定的标识，并从约定的地址或以约定的客户端证书连接",
            "give your provider's agreed name in MSH-4; connect from the agreed address or with the agreed certificate",
        )
    )
