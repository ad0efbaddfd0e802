"""placeholder"""
from schemas.dialect import Inbound, Outbound, Profile
def write(a,b,c): raise NotImplementedError
