"""The command line `gateway …`: one module a noun; imports stand inside commands so that --help stays instant."""


def main() -> None:
    """Run the command line."""
    from gateway.cli.root import app

    app(prog_name="gateway")
