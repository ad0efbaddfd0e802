"""Explains a settlement (结算说明) or a refusal from what is stored, in zh and en."""

from gateway.desk.explaining.messages import Traced, traced
from gateway.desk.explaining.shelf import explained, kept_anywhere, kept_of

__all__ = ["Traced", "explained", "kept_anywhere", "kept_of", "traced"]
