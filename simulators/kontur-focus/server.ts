import { type ListenOptions, type Simulator, serveSimulator } from "../harness/simulator.ts";
import { type WorldSource, worldFrom } from "../harness/world-options.ts";
import { isForeignInn, isInn, isOgrn } from "../world/identifiers.ts";
import { hash, hashText } from "../world/random.ts";
import { makeRegister, type Register, type RegisterRecord } from "../world/register.ts";
import { egrRecord, reqRecord } from "./records.ts";

export interface KonturFocusOptions extends WorldSource, ListenOptions {
  /** Default `dozor-focus-key`. */
  key?: string;
  /** Calls after which the tariff is used up and every call is answered 403; default none. */
  quota?: number;
}

const VALUES_MAX = 100;
const METHODS: Record<string, (record: RegisterRecord) => Record<string, unknown>> = {
  req: reqRecord,
  egrDetails: egrRecord,
};

/** Kontur.Focus API v3: `req` and `egrDetails` by INN or OGRN, in no particular order. */
export async function start(options: KonturFocusOptions = {}): Promise<Simulator> {
  const world = worldFrom(options);
  const register = makeRegister(world);
  const key = options.key ?? "dozor-focus-key";
  let calls = 0;
  let values = 0;
  return serveSimulator(
    {
      name: "kontur-focus",
      world,
      concurrency: "allow",
      endpointOf: (_, url) => /^\/api3\/(req|egrDetails)$/.exec(url.pathname)?.[1] ?? null,
      guard: (request, url) => {
        if (request.method !== "GET") return plain(405, "GET");
        const spent = options.quota !== undefined && calls >= options.quota;
        return spent || url.searchParams.get("key") !== key ? plain(403, "No valid key specified") : null;
      },
      handle: async (_, url, endpoint) => {
        calls++;
        const asked = askedValues(url);
        if (asked.length > VALUES_MAX) return plain(400, `too many inn/ogrn values: ${asked.length}`);
        const good = asked.filter((value) => (isInn(value) && !isForeignInn(value)) || isOgrn(value));
        if (good.length === 0) return plain(400, "inn/ogrn param is not specified");
        values += good.length;
        return Response.json(answer(register, good, calls).map(METHODS[endpoint] ?? reqRecord));
      },
      busy: () => plain(503, "busy"),
      unknownAddress: () => plain(404, "not found"),
      admin: {
        records: (url) => {
          const number = url.searchParams.get("number") ?? "";
          return Response.json({ records: [...register.byInn(number), ...register.byOgrn(number)] });
        },
      },
      state: () => ({ calls, values, quota: options.quota ?? null }),
    },
    options,
  );
}

function askedValues(url: URL): string[] {
  const list = `${url.searchParams.get("inn") ?? ""},${url.searchParams.get("ogrn") ?? ""}`;
  return [...new Set(list.split(",").map((value) => value.trim()))].filter((value) => value !== "");
}

/** Every record of the values that are known, each once, shuffled. */
function answer(register: Register, asked: readonly string[], call: number): RegisterRecord[] {
  const found = new Map<string, RegisterRecord>();
  for (const value of asked) {
    for (const record of [...register.byInn(value), ...register.byOgrn(value)]) found.set(record.ogrn, record);
  }
  const rank = (record: RegisterRecord) => hash(call, hashText(record.ogrn), 0, 0);
  return [...found.values()].sort((a, b) => rank(a) - rank(b));
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
