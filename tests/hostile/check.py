"""Whatever an attacker writes into names, addresses, scopes, reasons and ids: each format and page is read by a parser of its
own that is not ours, and nothing in it acts. One table: rows.hpp times columns.cpp times outputs.cpp."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unicodedata
import unittest

import html5lib
import markdown_it

import validate

FOLDER = tempfile.TemporaryDirectory(prefix="clawback-hostile-")
ROWS = pathlib.Path(FOLDER.name) / "rows"

# Bytes, for a row of one megabyte. The JSON of our own formats has exact values and is as long as they are; a terminal is shown
# exact requests.
BOUND = {"text": 1_200_000, "csv": 400_000, "sarif": 200_000, "ocsf": 200_000, "stix": 200_000, "md": 70_000, "teams": 28_000,
         "cef": 100_000, "event": 100_000, "html": 1_000_000, "page": 2_500_000, "message.json": 200_000}


# All that outputs.cpp and pages.cpp write of each row: one that is gone is not looked at.
FILES = set("""findings.text plan.text run.text difference.text log.text error.text stderr.text sheet.text
findings.json plan.json run.json difference.json log.json error.json sheet.json message.json findings.html plan.html run.html sheet.html
findings.csv plan.csv run.csv findings.sarif findings.ocsf plan.ocsf run.ocsf findings.stix findings.md plan.md run.md message.teams message.cef
sign-in.page error.page findings.page case.page plans.page plan.page closed-plan.page sign.page runs.page run.page rules.page catalog.page
health.page progress.event""".split())


def setUpModule():
    subprocess.run([os.environ["OUTPUTS"], FOLDER.name], check=True, timeout=240)


def tearDownModule():
    FOLDER.cleanup()


def hidden(text, allowed="\n"):
    """What a terminal obeys, or what changes or hides the text around it."""
    out = set()
    for c in set(text) - set(allowed):
        kind = unicodedata.category(c)
        if kind in ("Cc", "Cf", "Zl", "Zp", "Cs") or "\ufe00" <= c <= "\ufe0f" or ord(c) & 0xFFFE == 0xFFFE:
            out.add(f"U+{ord(c):04X}")
    return sorted(out)


def tallest_stack(text):
    tallest = current = 0
    for c in text:
        current = current + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        tallest = max(tallest, current)
    return tallest


def plain(text, allowed="\n"):
    problems = [f"raw {c}" for c in hidden(text, allowed)]
    if tallest_stack(text) > 4:
        problems.append("a stack of combining marks")
    return problems


def is_text(text, row):
    problems = plain(text)
    longest = max((len(line) for line in text.split("\n")), default=0)
    if longest > 8000:
        problems.append(f"a line of {longest} characters")
    return problems


def is_json(text, row):
    value = json.loads(text)
    problems = [f"raw {c}" for c in hidden(text)]
    exact = row.decode(errors="replace")
    if value.get("schema") == "clawback.findings/1" and exact.encode() == row:
        if value["findings"][0]["app"]["displayName"] != exact:
            problems.append("the name does not come back")
    if value.get("schema") == "clawback.plan/1" and exact.encode() == row:
        if value["actions"][0]["target"]["displayName"] != exact:
            problems.append("the target's name does not come back")
    return problems


def is_csv(text, row):
    problems = plain(text, "\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if text.count("\n") != len(rows) or text.count("\r\n") != len(rows):
        problems.append("a record is not one line that ends in CRLF")
    for record in rows:
        if len(record) != len(rows[0]):
            problems.append(f"{len(record)} columns instead of {len(rows[0])}")
        for cell in record:
            # What LibreOffice, Excel and Google Sheets take for the beginning of a formula.
            if re.match(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r]", cell) and not re.fullmatch(r"-?\d+", cell):
                problems.append(f"a formula: {cell[:40]!r}")
            # Where the list separator is a semicolon, what follows one is a cell.
            if re.search(r";\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]", cell):
                problems.append(f"a formula behind a semicolon: {cell[:40]!r}")
            if len(cell) > 32767:
                problems.append("a cell that is longer than a spreadsheet's")
    return problems


ELEMENTS = set("""html head meta title style body header main footer section article nav h1 h2 h3 h4 p div span ul ol li dl dt dd table
caption thead tbody tr th td code pre strong em small b bdi details summary figure figcaption time a br
svg g title desc rect circle line path text tspan polyline polygon""".split())
ATTRIBUTES = set("""lang charset name content http-equiv class id scope role tabindex open datetime colspan rowspan
viewBox viewbox width height x y x1 y1 x2 y2 cx cy r rx ry d points text-anchor font-size fill stroke stroke-width overflow transform focusable preserveAspectRatio""".split())


# What the console's pages have besides: forms, and links and files of its own.
FORMS = {"form": {"method", "action"}, "input": {"type", "name", "value", "required", "placeholder", "maxlength", "min", "max", "checked",
                                                 "autocomplete"},
         "button": {"type", "name", "value", "disabled"}, "textarea": {"name", "rows", "required", "maxlength"}, "label": {"for"},
         "select": {"name"}, "option": {"value", "selected"}, "fieldset": set(), "legend": set(), "output": set(), "progress": {"value", "max"},
         "link": {"rel", "href"}, "script": {"src", "defer", "type"}, "a": {"href"}, "search": set(), "mark": set(), "b": set(), "i": set(),
         "kbd": set(), "hr": set(), "meter": {"value", "min", "max"}, "noscript": set()}
OWN_ADDRESS = re.compile(r"/(?!/)[A-Za-z0-9%~._/-]*(\?[A-Za-z0-9%~._=&+-]*)?(#[a-z0-9-]+)?")


def is_page(text, row):
    return is_html(text, row, FORMS)


def is_html(text, row, more={}):
    problems = plain(text)
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(text)
    problems += [f"not well-formed: {code} at {at}" for at, code, _ in parser.errors[:5]]
    for element in document.iter():
        if not isinstance(element.tag, str):
            problems.append("a comment or an instruction")
            continue
        tag = element.tag.split("}")[-1]
        if tag not in ELEMENTS and tag not in more:
            problems.append(f"<{tag}>")
        for name, value in element.attrib.items():
            name = str(name).split("}")[-1]
            if name == "href" and re.fullmatch(r"#[a-z0-9-]+", value):
                continue
            if (tag, name, value) == ("link", "href", "data:,") and more:  # no icon is asked for
                continue
            if name in ("href", "action", "src"):
                if name not in more.get(tag, ()) or not OWN_ADDRESS.fullmatch(value):
                    problems.append(f"<{tag} {name}={value[:40]!r}>")
                continue
            if name in more.get(tag, ()) or (more and re.fullmatch(r"data-[a-z-]+", name)):
                continue
            if name not in ATTRIBUTES and not re.fullmatch(r"aria-[a-z]+", name):
                problems.append(f"<{tag} {name}={value[:40]!r}>")
        if tag == "script" and (element.text or "").strip():
            problems.append("a script in the page")
        if tag == "style" and re.search(r"<|@import|url\(", element.text or ""):
            problems.append("the stylesheet holds something else")
    return problems


MARKDOWN = markdown_it.MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])


def is_markdown(text, row):
    problems = plain(text)
    rendered = html5lib.parseFragment(MARKDOWN.render(text), namespaceHTMLElements=False)

    def outside_code(element):
        if element.tag == "code":
            return
        yield element.text or ""
        for child in element:
            yield from outside_code(child)
            yield child.tail or ""

    for element in rendered.iter():
        if element.tag not in ("DOCUMENT_FRAGMENT", "h1", "h2", "h3", "p", "ul", "li", "strong", "code"):
            problems.append(f"<{element.tag}>")
        if element.attrib:
            problems.append(f"attributes {element.attrib}")
    # Mentions, issues, links and emoji that a ticket system finds in the finished page.
    for words in outside_code(rendered):
        if re.search(r"@|://|www\.|#\w|:\w+:|\w\.[a-z]{2}|[<>{}\[\]|`$\\]", words):
            problems.append(f"outside of code: {words[:80]!r}")
    return problems


def is_cef(text, row):
    problems = plain(text)
    for line in text.splitlines():
        if len(line.encode()) > 2048:
            problems.append("a line that is too long")
        at = line.find("CEF:0|")
        if not re.match(r"<\d{1,3}>1 \S+ \S+ clawback ", line) or at < 0:
            problems.append(f"no syslog message: {line[:80]!r}")
            continue
        fields = re.split(r"(?<!\\)(?:\\\\)*\|", line[at:], maxsplit=7)
        if len(fields) != 8:
            problems.append(f"{len(fields)} fields")
            continue
        keys = re.findall(r"(?:^| )([A-Za-z][A-Za-z0-9]*)(?<!\\)=", fields[7])
        if len(set(keys)) != len(keys):
            problems.append(f"a key is there twice: {keys}")
        if not set(keys) <= CEF_KEYS_OF_OURS:
            problems.append(f"keys that are not ours: {sorted(set(keys) - CEF_KEYS_OF_OURS)}")
    return problems


CEF_KEYS_OF_OURS = set()


def is_teams(text, row):
    card = json.loads(text)
    problems = [f"raw {c}" for c in hidden(text)]

    def walk(value):
        if isinstance(value, dict):
            kind = value.get("type")
            if kind not in (None, "message", "AdaptiveCard", "RichTextBlock", "TextRun", "Container"):
                problems.append(f"a {kind}")
            if any(key in value for key in ("url", "actions", "selectAction", "msteams")) and kind != "message":
                if value.get("msteams") not in (None, {"width": "Full"}):
                    problems.append("something that acts")
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(card)
    return problems


def is_event(text, row):
    """One server-sent event: nothing in it begins another line."""
    event = re.fullmatch(r"id: 7\nevent: progress\ndata: ([^\r\n]*)\n\n", text)
    if not event:
        return ["not one event"]
    return plain(text) + [f"more than was asked for: {key}" for key in
                          json.loads(event[1]).keys() - {"done", "all", "ended", "state", "actions"}]


CHECKS = {
    "event": is_event,
    "text": is_text,
    "json": is_json,
    "csv": is_csv,
    "html": is_html,
    "page": is_page,
    "md": is_markdown,
    "cef": is_cef,
    "teams": is_teams,
    "sarif": lambda text, row: [f"raw {c}" for c in hidden(text)] + validate.sarif(text) + shown_only(json.loads(text)),
    "ocsf": lambda text, row: [f"raw {c}" for c in hidden(text)] + validate.ocsf(text)
    + [p for line in text.splitlines() for p in shown_only(json.loads(line))],
    "stix": lambda text, row: [f"raw {c}" for c in hidden(text)] + validate.stix(text) + shown_only(json.loads(text)),
}


def shown_only(value):
    """Exports for other tools: nothing hidden is in their values either, for it is shown to people there."""
    if isinstance(value, dict):
        return [p for one in [*value, *value.values()] for p in shown_only(one)]
    if isinstance(value, list):
        return [p for one in value for p in shown_only(one)]
    return plain(value, "") if isinstance(value, str) else []


class Hostile(unittest.TestCase):
    maxDiff = None

    def test_nothing_acts_in_any_output(self):
        CEF_KEYS_OF_OURS.update(re.findall(r"[ |]([A-Za-z][A-Za-z0-9]*)=", (ROWS.parent / "samples/message.cef").read_text()))
        rows = sorted(ROWS.iterdir())
        self.assertGreater(len(rows), 45)
        for folder in rows:
            self.assertEqual({file.name for file in folder.iterdir()}, FILES | {"value"}, folder.name)
            row = (folder / "value").read_bytes()
            for file in sorted(folder.iterdir()):
                if file.name == "value":
                    continue
                kind = file.suffix[1:]
                with self.subTest(row=folder.name, output=file.name):
                    data = file.read_bytes()
                    text = data.decode()  # every one is UTF-8
                    bound = BOUND.get(file.name, BOUND.get(kind))
                    if bound is not None:
                        self.assertLessEqual(len(data), bound)
                    # A megabyte that is kept whole says nothing new to the slow parsers.
                    if len(data) < 3_000_000 or kind == "json":
                        self.assertEqual(CHECKS[kind](text, row)[:6], [])

    def test_what_misleads_in_a_name_is_named(self):
        folder = ROWS / "confusable"
        for name in ("findings.text", "plan.text", "findings.json", "findings.html", "plan.html", "findings.csv", "run.csv",
                     "findings.sarif", "findings.ocsf", "run.ocsf", "findings.stix", "findings.md", "plan.md", "run.text", "run.json", "run.html", "run.md",
                     "findings.page", "case.page", "plan.page", "run.page"):
            with self.subTest(name):
                text = " ".join((folder / name).read_text().split())
                self.assertIn("U+043E CYRILLIC SMALL LETTER O", text)
        for file in (ROWS / "ordinary").iterdir():
            if file.suffix not in (".html", ".page"):
                self.assertNotIn("U+0", file.read_text(), file.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
