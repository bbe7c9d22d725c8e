import { inflateRawSync } from "node:zlib";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/**
 * The content of one file of a ZIP archive, found by the end of its name. Enough for archives whose checksum is known: without
 * encryption, ZIP64 or several parts.
 *
 * @throws when there is no such file or it is packed in another way than stored or deflated
 */
export function zipEntry(archive: Buffer, nameEnd: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from(uint32(endSignature)));
  if (end < 0) throw new Error("read a ZIP archive: it has no end record");
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count && archive.readUInt32LE(at) === entrySignature; index += 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    if (name.endsWith(nameEnd)) return unpack(archive, at, name);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`read a ZIP archive: it has no file ${nameEnd}`);
}

function unpack(archive: Buffer, entry: number, name: string): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const packedSize = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  // The local header repeats the name, and its extra field may have another length than that of the directory.
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + packedSize);
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`unpack ${name}: method ${method} is neither stored nor deflated`);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
