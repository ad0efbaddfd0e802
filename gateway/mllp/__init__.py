"""The edge of HL7 over MLLP: frames on a TCP or TLS connection, each answered in its order, each answer signed."""
