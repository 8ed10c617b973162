"""The exporters that `jupyter nbconvert --to npr-html` (npr-pdf, npr-xlsx) finds; the build renders without them."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter

from npr.publish.document import read_document
from npr.publish.html import render_html
from npr.publish.pdf import render_pdf
from npr.publish.xlsx import render_xlsx


class HtmlExporter(Exporter):  # type: ignore[misc]
    """The nbconvert exporter `npr-html`."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "npr briefing (HTML)"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Give the page and nbconvert's resources.

        Raises:
            RenderError: the notebook is no executed briefing.
        """
        ready, resources = super().from_notebook_node(nb, resources, **kw)
        return render_html(read_document(ready)), resources


class PdfExporter(Exporter):  # type: ignore[misc]
    """The nbconvert exporter `npr-pdf`."""

    file_extension = ".pdf"
    output_mimetype = "application/pdf"
    export_from_notebook = "npr briefing (PDF)"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """Give the PDF and nbconvert's resources.

        Raises:
            RenderError: the notebook is no executed briefing, or Typst refused it.
        """
        ready, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = self.file_extension
        return render_pdf(read_document(ready)), resources


class XlsxExporter(Exporter):  # type: ignore[misc]
    """The nbconvert exporter `npr-xlsx`."""

    file_extension = ".xlsx"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    export_from_notebook = "npr briefing (XLSX)"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, Any]:
        """Give the workbook and nbconvert's resources.

        Raises:
            RenderError: the notebook is no executed briefing.
        """
        ready, resources = super().from_notebook_node(nb, resources, **kw)
        resources["output_extension"] = self.file_extension
        return render_xlsx(read_document(ready)), resources
