"""The exporters that `jupyter nbconvert --to npr-html` (npr-pdf, npr-xlsx) finds; the build renders without them."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter

from npr.publish.document import read_document
from npr.publish.html import render_html
from npr.publish.pdf import render_pdf
from npr.publish.xlsx import render_xlsx


class BriefingExporter(Exporter):  # type: ignore[misc]
    """What the three have in common: they read an executed briefing, and each has it rendered in its form."""

    rendered: Any  # the function that gives a document in the form

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str | bytes, Any]:
        """Give the rendered briefing and nbconvert's resources.

        Raises:
            RenderError: the notebook is no executed briefing, or the form refused it.
        """
        ready, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = self.file_extension
        return self.rendered(read_document(ready)), resources


class HtmlExporter(BriefingExporter):
    """The nbconvert exporter `npr-html`."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "npr briefing (HTML)"
    rendered = staticmethod(render_html)


class PdfExporter(BriefingExporter):
    """The nbconvert exporter `npr-pdf`."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    export_from_notebook = "npr briefing (PDF)"
    rendered = staticmethod(render_pdf)


class XlsxExporter(BriefingExporter):
    """The nbconvert exporter `npr-xlsx`."""

    file_extension = ".xlsx"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    export_from_notebook = "npr briefing (XLSX)"
    rendered = staticmethod(render_xlsx)
