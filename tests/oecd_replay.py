"""A server on loopback that answers as OECD does: structures, observations and what changed, for made-up flows."""

import gzip
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

SPACES = (
    'xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
    'xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure" '
    'xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"'
)
CSV_TYPE = "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8"
XML_TYPE = "application/vnd.sdmx.structure+xml; version=2.1; charset=utf-8"


def structure(flow: str, version: str, dimensions: dict[str, list[str]], time: bool = True) -> bytes:
    """Write a structure message as OECD shapes it, for dimensions with their codes."""
    agency, name = flow.split(",")
    dsd = name.partition("@")[0]
    lists = "".join(
        f'<s:Codelist id="CL_{one}" agencyID="OECD" version="1.0"><c:Name xml:lang="en">{one}</c:Name>'
        + "".join(
            f'<s:Code id="{code}"><c:Name xml:lang="en">{code} in English</c:Name>'
            f'<c:Name xml:lang="fr">{code} en français</c:Name></s:Code>'
            for code in codes
        )
        + "</s:Codelist>"
        for one, codes in dimensions.items()
    )
    dims = "".join(
        f'<s:Dimension id="{one}" position="{at}"><s:LocalRepresentation><s:Enumeration>'
        f'<Ref id="CL_{one}" version="1.0" agencyID="OECD" package="codelist" class="Codelist"/>'
        "</s:Enumeration></s:LocalRepresentation></s:Dimension>"
        for at, one in enumerate(dimensions, start=1)
    )
    if time:
        dims += f'<s:TimeDimension id="TIME_PERIOD" position="{len(dimensions) + 1}"/>'
    attributes = "".join(f'<s:Attribute id="{one}"/>' for one in ("OBS_STATUS", "UNIT_MULT"))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<m:Structure {SPACES}><m:Structures>
<s:Dataflows><s:Dataflow id="{name}" agencyID="{agency}" version="{version}">
<c:Name xml:lang="en">A flow made for a test</c:Name><c:Name xml:lang="fr">Un flux pour un essai</c:Name>
<s:Structure><Ref id="{dsd}" version="1.0" agencyID="{agency}" class="DataStructure"/></s:Structure>
</s:Dataflow></s:Dataflows>
<s:Codelists>{lists}</s:Codelists>
<s:DataStructures><s:DataStructure id="{dsd}" agencyID="{agency}" version="1.0"><s:DataStructureComponents>
<s:DimensionList>{dims}</s:DimensionList><s:AttributeList>{attributes}</s:AttributeList>
</s:DataStructureComponents></s:DataStructure></s:DataStructures>
</m:Structures></m:Structure>""".encode()


def changes(flows: dict[str, tuple[str, int]]) -> bytes:
    """Write the answer that tells when each "agency,flow,version" last changed, and how many observations it has."""
    held = "".join(
        f'<s:ContentConstraint id="CR_{at}" agencyID="OECD" version="1.0" validFrom="{valid}" type="Actual">'
        f'<c:Annotations><c:Annotation id="obs_count"><c:AnnotationTitle>{count}</c:AnnotationTitle>'
        "<c:AnnotationType>obs_count</c:AnnotationType></c:Annotation></c:Annotations>"
        f'<s:ConstraintAttachment><s:Dataflow><Ref id="{flow.split(",")[1]}" agencyID="{flow.split(",")[0]}" '
        f'version="{flow.split(",")[2]}" class="Dataflow"/></s:Dataflow></s:ConstraintAttachment></s:ContentConstraint>'
        for at, (flow, (valid, count)) in enumerate(flows.items())
    )
    inner = f"<m:Structures><s:Constraints>{held}</s:Constraints></m:Structures>"
    return f"<m:Structure {SPACES}>{inner}</m:Structure>".encode()


def csv_of(flow: str, version: str, dimensions: list[str], rows: list[tuple]) -> bytes:
    """Write SDMX-CSV 1.0: rows are (codes in order..., period, value, status, multiplier)."""
    agency, name = flow.split(",")
    head = ["DATAFLOW", *dimensions, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT"]
    lines = [",".join(head), *(",".join([f"{agency}:{name}({version})", *row]) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode()


@dataclass
class Said:
    """One answer: status, body, headers. `raw` is sent instead of all of it, byte for byte, then the line is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass
class Replay:
    """What the server answers. `flows` by "agency,flow,version" hold structure and data; `faults` come first, by kind.

    `asked` lists every path that was asked for; a list of faults is used up one by one, its last stays.
    """

    flows: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    changed: bytes | None = None
    faults: dict[str, list[Said]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def kinds(self) -> list[str]:
        """Give the kinds of what was asked for, in order."""
        return [path.split("/")[3] for path in self.asked]

    def answer(self, path: str) -> Said:
        """Give what a path answers."""
        parts = [unquote(one) for one in urlsplit(path).path.split("/")]
        kind = parts[3] if len(parts) > 3 else ""
        waiting = self.faults.get(kind)
        if waiting:
            said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if said.status or said.raw is not None:
                return said
        if kind == "contentconstraint":
            return Said(body=self.changed, headers={"Content-Type": XML_TYPE}) if self.changed else _none()
        name = ",".join(parts[4:7]) if kind == "dataflow" else parts[4]
        held = self.flows.get(name)
        if held is None and kind == "dataflow":
            return _none()
        if held is None:
            return Said(404, b"Could not find Dataflow and/or DSD related with this data request")
        if kind == "dataflow":
            return Said(body=held[0], headers={"Content-Type": XML_TYPE})
        return Said(body=held[1], headers={"Content-Type": CSV_TYPE})


def _none() -> Said:
    return Said(404, b"Could not find requested structures")


def serve(replay: Replay) -> ThreadingHTTPServer:
    """Start the server; `replay.url` is its root. The caller shuts it down."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            replay.asked.append(self.path)
            replay.headers.append(dict(self.headers))
            said = replay.answer(self.path)
            if said.raw is not None:
                self.wfile.write(said.raw)
                self.wfile.flush()
                self.close_connection = True
                return
            body, headers = said.body, dict(said.headers)
            if "gzip" in self.headers.get("Accept-Encoding", "") and "Content-Encoding" not in headers:
                body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
            headers.setdefault("Content-Type", "text/plain")
            headers.setdefault("Content-Length", str(len(body)))
            self.send_response(said.status)
            for name, told in headers.items():
                self.send_header(name, told)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    replay.url = f"http://127.0.0.1:{server.server_address[1]}/public/rest"
    return server


def recorded(folder) -> tuple[str, bytes, bytes]:
    """Read a recorded answer: the flow it is of, its structure and its data."""
    agency_flow = re.search(r"/data/([^,]+,[^,]+),", (folder / "url.txt").read_text())[1]
    return agency_flow, gzip.decompress((folder / "structure.xml.gz").read_bytes()), (folder / "data.csv").read_bytes()
