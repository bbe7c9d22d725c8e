import { isJsonObject, type Json } from "../domain/json.ts";

/**
 * What 1C itself says in an answer that is not data. It has three shapes: OData (XML or JSON), a chain of exceptions in JSON, and
 * a page of HTML, sometimes with status 200. Undefined when it says nothing of the kind.
 */
export function onecErrorText(body: string): string | undefined {
  const text = body.replace(/^\ufeff/, "").trimStart();
  if (text.startsWith("{")) return fromJson(text);
  const message = /<(?:\w+:)?message[^>]*>([^<]*)</.exec(text)?.[1];
  if (message !== undefined && /^<(?:\?xml[^>]*>\s*<)?(?:\w+:)?error\b/.test(text)) return unescaped(message);
  if (!/<html|<!doctype html/i.test(text)) return undefined;
  const visible = unescaped(text.replace(/<(title|style|script)[^>]*>[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " "));
  return visible.replace(/\s+/g, " ").trim().slice(0, 500) || "an empty HTML page";
}

function fromJson(text: string): string | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJsonObject(value) ? errorMember(value) : undefined;
}

/** The message of an answer which was decoded already. */
export function errorMember(answer: { [key: string]: Json }): string | undefined {
  const odata = answer["odata.error"] ?? answer.error;
  if (isJsonObject(odata)) {
    const { message } = odata;
    if (isJsonObject(message) && typeof message.value === "string") return message.value;
    return typeof message === "string" ? message : JSON.stringify(odata).slice(0, 500);
  }
  if (typeof odata === "string") return odata;
  const parts: string[] = [];
  for (let link = answer.exception; isJsonObject(link) && parts.length < 10; link = link.inner ?? null) {
    if (typeof link.descr === "string") parts.push(link.descr);
  }
  return parts.length > 0 ? parts.join(": ") : undefined;
}

function unescaped(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}
