import type { WireRecord, WireValue } from "./wire.ts";

/** The head of an Atom feed; `base` is the address of the OData interface with a trailing slash. */
export function atomHead(base: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xml:base="${escapeXml(base)}">
`;
}

export const ATOM_TAIL = "</feed>\n";

export function atomEntry(base: string, record: WireRecord, updated: string): string {
  const address = `${record.set}(guid'${record.id}')`;
  if (record.removed) return `\t<at:deleted-entry ref="${escapeXml(base + address)}" when="${updated}"/>\n`;
  const properties =
    record.raw?.atom ??
    Object.entries(record.attributes)
      .map(([name, value]) => property(name, value))
      .join("");
  return `\t<entry>
\t\t<id>${escapeXml(base + address)}</id>
\t\t<category term="StandardODATA.${record.set}" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>
\t\t<title type="text"/>
\t\t<updated>${updated}</updated>
\t\t<author/>
\t\t<summary/>
\t\t<link rel="edit" href="${address}" title="edit-link"/>
\t\t<content type="application/xml"><m:properties>${properties}</m:properties></content>
\t</entry>
`;
}

function property(name: string, value: WireValue): string {
  if (value === null) return `<d:${name} m:null="true"/>`;
  if (typeof value === "object") {
    if (value.rows.length === 0) return `<d:${name} m:type="Collection(${value.rowType})"/>`;
    const rows = value.rows.map((row) => {
      const cells = Object.entries(row).map(([cell, one]) => property(cell, one));
      return `<d:element m:type="${value.rowType}">${cells.join("")}</d:element>`;
    });
    return `<d:${name} m:type="Collection(${value.rowType})">${rows.join("")}</d:${name}>`;
  }
  const text = escapeXml(String(value));
  return text === "" ? `<d:${name}/>` : `<d:${name}>${text}</d:${name}>`;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);
}
