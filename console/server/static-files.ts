import { join } from "node:path";

export type StaticFiles = { respond(request: Request, url: URL): Promise<Response> };

const noncePlaceholder = "CSP_NONCE";
const hashedName = /-[a-z0-9]{8}\.[a-z0-9]+$/;
const compressible = /\.(js|css|html|json|geojson|svg)$/;

/** The built app. Hashed files are kept by browsers for good; every other path without a file is a page of the app. */
export function staticFiles(dir: string): StaticFiles {
  const packed = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    async respond(request, url) {
      if (request.method !== "GET" && request.method !== "HEAD")
        return new Response("method not allowed", { status: 405 });
      const isFile = /^\/[A-Za-z0-9._-]+\.[a-z0-9]+$/.test(url.pathname) && url.pathname !== "/index.html";
      if (!isFile) return page(dir);
      const file = Bun.file(join(dir, url.pathname));
      if (!(await file.exists())) return new Response("not found", { status: 404, headers: securityHeaders("") });
      const headers: Record<string, string> = {
        ...securityHeaders(""),
        "content-type": url.pathname.endsWith(".geojson") ? "application/geo+json" : file.type,
        "cache-control": hashedName.test(url.pathname) ? "public, max-age=31536000, immutable" : "no-cache",
      };
      const gzip = compressible.test(url.pathname) && (request.headers.get("accept-encoding") ?? "").includes("gzip");
      if (!gzip) return new Response(file, { headers });
      const bytes = packed.get(url.pathname) ?? Bun.gzipSync(await file.bytes());
      packed.set(url.pathname, bytes);
      return new Response(bytes, { headers: { ...headers, "content-encoding": "gzip", vary: "accept-encoding" } });
    },
  };
}

async function page(dir: string): Promise<Response> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const html = (await Bun.file(join(dir, "index.html")).text()).replaceAll(noncePlaceholder, nonce);
  return new Response(html, {
    headers: { ...securityHeaders(nonce), "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

function securityHeaders(nonce: string): Record<string, string> {
  // The component library writes one style element of theme variables; it carries the nonce. No inline script anywhere.
  const styles = nonce === "" ? "'self'" : `'self' 'nonce-${nonce}'`;
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
  };
}
