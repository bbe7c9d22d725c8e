import { setTimeout as delay } from "node:timers/promises";
import type { CallAttempt } from "@dozor/integration/journal";
import { decodeStrictJson, EdgeError } from "@dozor/runtime/edge-json";
import { readCapped, VendorError, vendorFetch } from "@dozor/runtime/vendor-http";
import { type FocusRecord, readFocusRecords } from "../domain/focus-record.ts";

export type KonturFocusOptions = {
  baseUrl: string;
  key: string;
  timeoutMs: number;
  /** First pause before a failed call is repeated; doubles each time. Default 1 s. */
  retryDelayMs?: number;
};
export type FocusMethod = "req" | "egrDetails";

/** Key or tariff are bad: asking again is useless until the configuration changes. */
export class FocusRefusedError extends Error {
  override readonly name = "FocusRefusedError";
}

export type KonturFocus = {
  /** Tells this address and key from others without giving the key away. */
  configHash: string;
  /**
   * Records of at most 100 numbers of one kind; those that Focus does not know are left out. `spend` is called before every call and
   * may refuse it by throwing.
   */
  ask(question: FocusQuestion): Promise<FocusRecord[]>;
};
export type FocusQuestion = {
  method: FocusMethod;
  by: "inn" | "ogrn";
  numbers: readonly string[];
  spend(): Promise<void>;
  signal: AbortSignal;
  /** Takes every attempt as it was made. */
  attempts?: CallAttempt[];
};

const answerBytesMax = 64 * 1024 * 1024;
const attemptsMax = 5;
const waitMsMax = 60_000;

export function konturFocus({ baseUrl, key, timeoutMs, retryDelayMs = 1_000 }: KonturFocusOptions): KonturFocus {
  const base = baseUrl.replace(/\/+$/, "");

  async function once({ method, by, numbers, spend, signal }: FocusQuestion): Promise<FocusRecord[]> {
    await spend();
    const query = new URLSearchParams({ key, [by]: numbers.join(",") });
    const url = `${base}/api3/${method}?${query}`;
    const response = await vendorFetch("kontur-focus", url, {}, { timeoutMs, signal, route: method });
    const body = await readCapped(response, answerBytesMax);
    try {
      return readFocusRecords(decodeStrictJson(body, { bytesMax: answerBytesMax }));
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      throw new VendorError("protocol", `read ${method} of kontur-focus: ${error.message}`, { cause: error });
    }
  }

  return {
    configHash: new Bun.CryptoHasher("sha256").update(`${base}\n${key}`).digest("hex"),
    async ask(question) {
      for (let attempt = 1; ; attempt++) {
        const startedAt = new Date();
        const startedMs = performance.now();
        const tell = (outcome: Partial<CallAttempt>) =>
          question.attempts?.push({ startedAt, durationMs: performance.now() - startedMs, ...outcome });
        try {
          const records = await once(question);
          tell({ status: 200 });
          return records;
        } catch (error) {
          // A refused quota is no call.
          if (error instanceof VendorError)
            tell({ error: error.message, ...(error.status === undefined ? {} : { status: error.status }) });
          if (!(error instanceof VendorError)) throw error;
          // The answer of Focus when it knows none of the numbers.
          if (error.status === 400 && error.bodyText?.includes("param is not specified")) return [];
          if (error.status === 403) throw new FocusRefusedError(error.bodyText?.trim().slice(0, 300) || error.message);
          if (!isTransient(error) || attempt >= attemptsMax) throw error;
          const waitMs = error.retryAfterMs ?? retryDelayMs * 2 ** (attempt - 1);
          await delay(Math.min(waitMs, waitMsMax), undefined, { signal: question.signal });
        }
      }
    },
  };
}

function isTransient({ status }: VendorError): boolean {
  return status === undefined || status === 408 || status === 425 || status === 429 || status >= 500;
}
