import { decodeStrictJson, EdgeError } from "@dozor/runtime/edge-json";
import { readCapped, VendorError, vendorFetch } from "@dozor/runtime/vendor-http";
import { type FocusKinship, type FocusRecord, readFocusKinship, readFocusRecord } from "../domain/focus-record.ts";

export type KonturFocusOptions = {
  /** Without the path, such as "https://focus-api.kontur.ru". */
  baseUrl: string;
  key: string;
  timeoutMs: number;
};
export type FocusNumbers = { by: "inn" | "ogrn"; values: readonly string[] };

/** The key or the tariff is bad: asking again before the configuration changes is of no use. */
export class FocusRefusedError extends Error {
  override readonly name = "FocusRefusedError";
}

export type KonturFocus = {
  /** Records of up to 100 numbers; those that Focus does not know are left out, and one number may have several records. */
  req(numbers: FocusNumbers, signal: AbortSignal): Promise<FocusRecord[]>;
  /** Predecessors and successors of up to 100 companies. */
  egrDetails(numbers: FocusNumbers, signal: AbortSignal): Promise<FocusKinship[]>;
};

/** The most that one call may ask for. */
export const focusNumbersMax = 100;
// A full answer of egrDetails is tens of kilobytes per company.
const answerBytesMax = 64 * 1024 * 1024;

/**
 * Kontur.Focus API v3. Throws FocusRefusedError on 401 and 403, and VendorError otherwise (429 and 503 with retryAfterMs); repeats nothing.
 */
export function konturFocus(options: KonturFocusOptions): KonturFocus {
  return {
    req: async (numbers, signal) =>
      (await ask("req", numbers, options, signal)).flatMap((item) => readFocusRecord(item) ?? []),
    egrDetails: async (numbers, signal) =>
      (await ask("egrDetails", numbers, options, signal)).flatMap((item) => readFocusKinship(item) ?? []),
  };
}

async function ask(
  method: "req" | "egrDetails",
  { by, values }: FocusNumbers,
  { baseUrl, key, timeoutMs }: KonturFocusOptions,
  signal: AbortSignal,
): Promise<unknown[]> {
  if (values.length === 0) return [];
  if (values.length > focusNumbersMax)
    throw new Error(`ask Kontur.Focus for ${values.length} numbers: at most ${focusNumbersMax} a call`);
  const url = new URL(`${baseUrl.replace(/\/+$/, "")}/api3/${method}`);
  url.searchParams.set("key", key);
  // A comma is legal in a query and Focus splits by it; encoded, some gateways do not.
  const address = `${url.href}&${by}=${values.map(encodeURIComponent).join(",")}`;
  try {
    const response = await vendorFetch("kontur-focus", address, {}, { timeoutMs, signal, route: method });
    return parse(method, await readCapped(response, answerBytesMax));
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    // The documented way of saying that no number was any good.
    if (error.status === 400 && error.bodyText?.includes("inn/ogrn param is not specified")) return [];
    if (error.status === 401 || error.status === 403) {
      throw new FocusRefusedError(
        `ask Kontur.Focus for ${method}: HTTP ${error.status} ${error.bodyText?.slice(0, 200) ?? ""}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function parse(method: string, body: Uint8Array): unknown[] {
  try {
    const limits = { bytesMax: answerBytesMax, stringBytesMax: 1024 * 1024, bigNumbers: "string" as const };
    const answer = decodeStrictJson(body, limits);
    if (Array.isArray(answer)) return answer;
    throw new VendorError("protocol", `Kontur.Focus answered ${method} with something else than an array`);
  } catch (error) {
    if (error instanceof EdgeError) {
      throw new VendorError("protocol", `Kontur.Focus answered ${method} with broken JSON: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** How long to wait after a failure before asking again, by what Focus itself said. */
export function focusPauseMs(error: unknown, defaultMs: number): number {
  return error instanceof VendorError ? (error.retryAfterMs ?? defaultMs) : defaultMs;
}
