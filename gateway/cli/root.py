"""The root of `gateway …`: which nouns there are, and in which order a newcomer meets them."""

import typer

from gateway.cli import adapter, config, keys, matches, migrate, sandbox, sheet
from gateway.cli.demo import demo
from gateway.cli.doctor import doctor
from gateway.cli.explain import explain
from gateway.cli.import_ import import_files
from gateway.cli.outcome import outcome
from gateway.cli.rules import rules
from gateway.cli.serve import serve
from gateway.cli.verify import verify
from gateway.cli.world import world

app = typer.Typer(
    name="gateway",
    help="Networked settlement of work-injury bills (工伤保险联网结算).",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    # Plain help: rich would take longer to import than all else together, and --help is bounded by a test.
    rich_markup_mode=None,
)


@app.callback(
    epilog="Begin with `gateway demo`. Something wrong? `gateway doctor`. A command's own help: gateway COMMAND --help"
)
def root() -> None:
    """Networked settlement of work-injury bills (工伤保险联网结算)."""


app.command(short_help="Play a morning in an invented city, and stay up.")(demo)
app.add_typer(sandbox.app, short_help="Try it on your own machine: magic cases, a test clock, a log (沙箱).")
app.command(short_help="Serve providers, on all cores (服务).")(serve)
app.command(short_help="Tell all about one settlement, line by line (结算说明).")(explain)
app.command(short_help="List the rules, with their source in law (审核规则).")(rules)
app.command(short_help="Look whether all is well, and say what mends it (体检).")(doctor)
app.command(short_help="Ask what became of messages, and what to send next (交易结果).")(outcome)
app.command("import", short_help="Take in reference data from CSV or XLSX (导入).")(import_files)
app.add_typer(matches.app, short_help="Decide what providers file of catalog matches (目录对照审核).")
app.command(short_help="Write an invented city to try things with (示例世界).")(world)
app.add_typer(sheet.app, short_help="Write the template of a bill as a sheet; send one (表格报送).")
app.command(short_help="Check a receipt or saved answer offline (验签).")(verify)
app.add_typer(adapter.app, name="adapter", short_help="Begin, try and check an adapter (适配器).")
app.add_typer(config.app, short_help="Show the settings and who set them (配置).")
app.add_typer(keys.app, short_help="Make and list signing keys (密钥).")
app.add_typer(migrate.app, short_help="Bring a database to this schema (迁移).")
