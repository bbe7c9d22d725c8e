/** Hands the person a file made of these bytes. */
export function download(parts: Uint8Array<ArrayBuffer>[], name: string, type: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
