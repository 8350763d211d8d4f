"""A run as one page of HTML that needs nothing else and prints well."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.run_folder import RunFolder
from tlgui.core.settings import resources_folder
from tlgui.engine.reporting import report_parts as parts
from tlgui.engine.reporting.markup import join
from tlgui.engine.reporting.report_learning import learning
from tlgui.engine.reporting.report_results import certainty, results
from tlgui.engine.reporting.run_facts import RunFacts, facts_of_run

PARTS: Final = (
    *(parts.header, results, certainty, parts.mistakes, parts.review, parts.data),
    *(parts.plan, learning, parts.exports, parts.circumstances, parts.methods_part),
)


def write_report(run: RunFolder, catalog: Mapping[str, PresetInfo], to: Path) -> None:
    """Write the report of a run, whatever it has come to.

    Raises:
        TlguiError: the run is damaged, or the file cannot be written.
    """
    durable.replace_file(to, report(facts_of_run(run, catalog)).encode(errors="replace"))


def report(facts: RunFacts) -> str:
    """Return the page."""
    template = (resources_folder() / "report" / "page.html").read_text(encoding="utf-8")
    body = join(part(facts) for part in PARTS)
    return Template(template).substitute(title=join([f"{facts.name}: report"]), body=body)
