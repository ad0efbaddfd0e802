"""江苏省工伤机构联网结算接口: JSON with an envelope, one transaction code an act (domain §1)."""

from adapters.jiangsu_injury.reading import read
from adapters.jiangsu_injury.writing import write

NAME = "jiangsu_injury"
VERSION = 1

__all__ = ["NAME", "VERSION", "read", "write"]
