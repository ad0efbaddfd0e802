"""TLS of the MLLP listener, from PEM files."""

import ssl

from gateway.settings import BadSettings, MllpSettings


def tls_of(settings: MllpSettings) -> ssl.SSLContext | None:
    """Return the TLS that the settings name; with a client CA every caller must show a certificate of it."""
    if settings.cert is None:
        if settings.key or settings.client_ca:
            raise BadSettings("mllp.cert: missing, while mllp.key or mllp.client_ca is given; give --mllp-cert too")
        return None
    if settings.key is None:
        raise BadSettings("mllp.key: missing, while mllp.cert is given; give --mllp-key too")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.cert, settings.key)
        if settings.client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(settings.client_ca)
    except OSError as wrong:
        said = wrong.strerror or type(wrong).__name__
        raise BadSettings(
            f"mllp.cert, mllp.key, mllp.client_ca: cannot be used: {said}; give PEM files of a certificate, of its own "
            "unencrypted key, and of the CA of the callers' certificates"
        ) from wrong
    return context
