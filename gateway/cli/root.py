"""The root of `gateway …`: which nouns there are."""

import typer

from gateway.cli import keys, migrate
from gateway.cli.demo import demo
from gateway.cli.import_ import import_files
from gateway.cli.outcome import outcome
from gateway.cli.serve import serve
from gateway.cli.verify import verify
from gateway.cli.world import world

app = typer.Typer(
    name="gateway",
    help="Networked settlement of work-injury bills (工伤保险联网结算).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def root() -> None:
    """Networked settlement of work-injury bills (工伤保险联网结算)."""


app.add_typer(migrate.app)
app.add_typer(keys.app)
app.command()(serve)
app.command()(verify)
app.command()(outcome)
app.command("import")(import_files)
app.command()(world)
app.command()(demo)
