"""国家医保信息平台 定点医药机构接口规范 for work-injury insurance (险种 410): JSON, one code an act (domain §2)."""

from adapters.national.reading import read
from adapters.national.writing import write

NAME = "national"
VERSION = 1

__all__ = ["NAME", "VERSION", "read", "write"]
