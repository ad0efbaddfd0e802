"""What integrators read: the description, the docs, a page for each problem; signed, cached, and closed to all else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters import native
from gateway.core.reasons import REASONS
from gateway.core.rules.catalogue import RULES
from gateway.dialects.finding import in_tree
from gateway.web.pages.guides import guides, guides_in
from gateway.web.pages.page import CONTENT_POLICY
from gateway.web.pages.site import OPENAPI, filled, site, unpacked
from gateway.web.problems import EDGE_REASONS
from tests.web.conftest import Serve, Served
from tests.web.fixed_house import ADAPTERS, PAGES

HTML = sorted(path for path, page in PAGES.items() if page.content_type.startswith("text/html"))


class Links(HTMLParser):
    """Gathers what a page loads and leads to, and whatever our policy would not let run."""

    def __init__(self) -> None:
        super().__init__()
        self.to: set[str] = set()
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.to |= {given[name].partition("#")[0] for name in ("href", "src") if name in given}
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


def links(text: str) -> Links:
    found = Links()
    found.feed(text)
    return found


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/", "/problems", "/problems/visit.unknown"])
async def test_a_page_needs_no_token_and_is_signed(served: Served, path: str) -> None:
    """G8: a page is signed over its own path like every answer, and keeps a browser to itself."""
    wire = await served.wire()

    answer = await wire.ask("GET", path)

    assert (answer.status, answer.signed.path) == (200, path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.body == PAGES[path].body


async def test_the_description_is_the_published_file(served: Served) -> None:
    """The gateway serves the very bytes that are committed."""
    wire = await served.wire()

    answer = await wire.ask("GET", "/openapi.json")

    assert answer.body == OPENAPI.read_bytes()
    assert answer.headers["Content-Type"] == "application/json"


async def test_a_page_that_is_known_is_not_sent_again(served: Served) -> None:
    """With its ETag the answer is 304 without a body, also among others and weakened; another tag gets the page."""
    wire = await served.wire()
    tag = (await wire.ask("GET", "/docs")).headers["ETag"]

    for known in (tag, f'"other", W/{tag}', "*"):
        wire.send(f"GET /docs HTTP/1.1\r\nHost: g\r\nIf-None-Match: {known}\r\n\r\n".encode())
        head = (await wire.reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("HTTP/1.1 304"), known
        assert "Signature: gateway=:" in head
    assert (await wire.ask("GET", "/docs", headers={"If-None-Match": '"other"'})).status == 200


async def test_the_head_of_a_page(served: Served) -> None:
    """HEAD answers what GET would, without its body."""
    wire = await served.wire()

    answer = await wire.ask("HEAD", "/openapi.json")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["ETag"] == PAGES["/openapi.json"].etag


@pytest.mark.parametrize(
    "path",
    [
        "/docs/../pyproject.toml",
        "/docs/%2e%2e/site.py",
        "/docs/assets/../site.py",
        "/docs/assets/%2e%2e/%2e%2e/page.py",
        "/docs//etc/passwd",
        "/docs/assets/swagger-ui/README.md",
        "/problems/..%2f..%2fsettings.py",
        "/problems/nothing.known",
        "/openapi.json/",
    ],
)
async def test_nothing_else_can_be_asked_for(served: Served, path: str) -> None:
    """A path is looked up among the pages and never opened as a file."""
    wire = await served.wire()

    answer = await wire.ask("GET", path)

    assert (answer.status, answer.code) == (404, "http.no_such_place")


async def test_a_crowded_edge_gives_no_pages(serve: Serve) -> None:
    """Past its connections a gateway spares its room for those who settle (G13)."""
    served = await serve(connections_max=1)
    first, second = await served.wire(), await served.wire()
    assert (await first.ask("GET", "/docs")).status == 200

    answer = await second.ask("GET", "/docs")

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "edge.full", "1")


def test_every_problem_has_its_page() -> None:
    """The type of each refusal is a page: the house's reasons, the edge's, the dialect's and the rules."""
    codes = {*REASONS, *EDGE_REASONS, *(rule.code for rule in RULES)}
    codes |= {fault.code for _, problem in native.mistakes() for fault in problem.faults}

    assert {f"/problems/{code}" for code in codes} <= set(PAGES)


def test_every_code_of_the_edge_is_in_its_catalogue() -> None:
    """The edge says no code in passing: each stands among its reasons, where the pages are made from."""
    folder = Path(__file__).parents[2] / "gateway" / "web"
    written = {code for path in folder.glob("*.py") for code in re.findall(r'code="([a-z_.]+)"', path.read_text())}

    assert written == set()


@pytest.mark.parametrize("code", ["preview.differs", "auth.unknown", "json.depth", "price.ceiling"])
def test_a_problem_page_says_what_when_and_what_helps(code: str) -> None:
    """In both languages: what it means, when it occurs, what makes it pass."""
    text = PAGES[f"/problems/{code}"].body.decode()

    for heading in ("含义", "What it means", "何时出现", "When it occurs", "如何通过", "What makes it pass"):
        assert heading in text
    assert text.count('lang="en"') >= 4


def test_what_is_filled_in_is_marked_and_escaped() -> None:
    """A reason's names stand out, and nothing in its text becomes markup."""
    assert filled("visit {visit_no} <b>") == "visit <var>{visit_no}</var> &lt;b&gt;"


def test_a_problem_page_leads_to_the_operations_that_answer_it() -> None:
    """Who reads of a refusal sees what he must have asked."""
    text = PAGES["/problems/preview.differs"].body.decode()

    assert 'href="/docs#/bills/submitBill"' in text
    assert "/v1/visits/{visit_no}/settle" in text


def test_a_dialects_page_shows_a_message_that_gets_it() -> None:
    """The example is a real one, cut where it is long."""
    text = PAGES["/problems/json.duplicate_key"].body.decode()

    assert "POST /v1/persons/verify" in text
    assert "{&#34;worker_id&#34;: &#34;W1&#34;, &#34;worker_id&#34;: &#34;W2&#34;}" in text


@pytest.mark.parametrize("path", HTML)
def test_a_page_keeps_to_its_policy(path: str) -> None:
    """Nothing inline, nothing from elsewhere, and no link into the void."""
    found = links(PAGES[path].body.decode())

    assert found.inline == []
    assert found.to <= set(PAGES)


def test_the_style_brings_its_pictures_as_pages() -> None:
    """Pictures written into a style sheet become pages of their own, byte for byte."""
    style, pictures = unpacked('a{background:url("data:image/svg+xml;charset=utf-8,<svg fill=\\"%23fff\\"/>")}')

    [(at, picture)] = pictures.items()
    assert picture.body == b'<svg fill="#fff"/>'
    assert style == f"a{{background:url({at})}}"
    assert "data:" not in PAGES["/docs/assets/swagger-ui/swagger-ui.css"].body.decode()


def test_without_guides_none_are_listed(tmp_path: Path) -> None:
    """A gateway whose folder of guides is empty or missing shows the interface and the problems."""
    pages = site(native.mistakes(), tmp_path / "no adapters", folder=tmp_path / "none")

    assert links(pages["/docs"].body.decode()).to <= set(pages)


def test_a_guide_is_served_and_linked(tmp_path: Path) -> None:
    """Each Markdown file is a page under its name, in the head of every page."""
    (tmp_path / "operator.md").write_text(
        "# 操作员 Operator\n\nSee [adapters](adapter-author.md#charset).\n\n|a|b|\n|-|-|\n|1|2|\n"
    )
    (tmp_path / "adapter-author.md").write_text("# Adapter\n\n## Charset\n")

    pages = site(native.mistakes(), tmp_path / "no adapters", folder=tmp_path)

    text = pages["/docs/operator"].body.decode()
    assert "操作员 Operator</a>" in pages["/problems"].body.decode()
    assert 'href="/docs/adapter-author#charset"' in text
    assert "<td>1</td>" in text
    assert '<h2 id="charset">' in pages["/docs/adapter-author"].body.decode()


def test_the_dialects_have_their_pages() -> None:
    """Whoever writes a sender reads each dialect's page and fields offline, found from /docs, as the tree has them."""
    index = links(PAGES["/docs/adapters"].body.decode())
    named = {f"/docs/adapters/{found.name}" for found in in_tree()}
    fields = {f"/docs/adapters/{path.parent.name}/fields" for path in ADAPTERS.glob("*/FIELDS.md")}
    national = PAGES["/docs/adapters/national"].body.decode()

    assert "/docs/adapters" in links(PAGES["/docs"].body.decode()).to
    assert named | fields == {path for path in PAGES if path.startswith("/docs/adapters/")}
    assert named | fields <= index.to
    assert '<a href="/docs/adapters/national/fields">FIELDS.md</a>' in national
    assert "<a>shapes.py</a>" in PAGES["/docs/adapters/fhir_r4"].body.decode()


def test_a_link_out_of_the_pages_leads_nowhere(tmp_path: Path) -> None:
    """A page may name another file of the tree: it is not served, and its name stays plain text."""
    (tmp_path / "one.md").write_text("# One\n\n[two](two.md) [up](../../pyproject.toml) [in](#one) [docs](/docs)\n")
    (tmp_path / "two.md").write_text("# Two\n")

    one, _ = guides(guides_in(tmp_path))

    assert links(one.html).to == {"/docs/two", "", "/docs"}
    assert "<a>up</a>" in one.html


def test_a_guide_brings_no_markup_of_its_own(tmp_path: Path) -> None:
    """Raw HTML is shown as text, and a link that would run is none."""
    (tmp_path / "odd.md").write_text(
        '# Odd\n\n<script src="/x"></script>\n\n[a](javascript:alert(1)) <b onclick="x">\n'
    )

    [guide] = guides(guides_in(tmp_path))

    assert links(guide.html).inline == []
    assert links(guide.html).to == set()
    assert "&lt;script" in guide.html
