import { escapeXml } from "./write-atom.ts";

/** The three shapes in which real bases tell an error. */
export type ErrorShape = "odata" | "exception" | "html";

/** `code` is 1C's own: 6 unknown name, 9 no such instance, 14 bad condition. */
export function odataError(shape: ErrorShape, json: boolean, status: number, code: number, message: string): Response {
  switch (shape) {
    case "html":
      return new Response(
        `<!DOCTYPE html><html><head><title>1С:Предприятие 8</title></head><body><h1>1C:Enterprise 8 application error</h1><p>Ошибка при выполнении запроса, by reason: ${escapeXml(message)}</p></body></html>`,
        { status, headers: { "content-type": "text/html; charset=utf-8" } },
      );
    case "exception": {
      const inner = { clsid: "7f8b5fa5-43a2-4a6e-8b0c-5ab8fa1d4dd6", descr: message, inner: null };
      return Response.json(
        { exception: { clsid: "580392e6-ba49-4280-ac67-fcd6f2180121", descr: "Ошибка при выполнении запроса", inner } },
        { status },
      );
    }
    case "odata":
      if (json)
        return Response.json(
          { "odata.error": { code: String(code), message: { lang: "ru", value: message } } },
          { status },
        );
      return new Response(
        `<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>${code}</m:code><m:message xml:lang="ru">${escapeXml(message)}</m:message></m:error>`,
        { status, headers: { "content-type": "application/xml; charset=utf-8" } },
      );
  }
}
