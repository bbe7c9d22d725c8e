import { randomUUID } from "node:crypto";

/** What the publication makes of the header `IBSession`. */
export type SessionPolicy = "honour" | "ignore" | "refuse";

export interface SessionOptions {
  policy: SessionPolicy;
  /** The first answer after idleness takes so long, milliseconds. */
  firstAnswerMs: number;
  /** Idleness after which the base falls asleep, milliseconds. */
  idleMs: number;
  /** Life of an unused session, milliseconds. */
  timeoutMs: number;
}

export interface SessionAnswer {
  /** An answer in place of the work: no licence, or a session that is gone. */
  refused: Response | null;
  /** How long the base takes to wake up. */
  delayMs: number;
  setCookie: string | null;
}

export interface Sessions {
  use(request: Request): SessionAnswer;
  expireAll(): void;
  count(): number;
}

export function makeSessions(options: SessionOptions): Sessions {
  const lastUsed = new Map<string, number>();
  let lastCall = Number.NEGATIVE_INFINITY;
  return {
    use: (request) => {
      const now = performance.now();
      const asleep = now - lastCall > options.idleMs;
      lastCall = now;
      const delayMs = asleep ? options.firstAnswerMs : 0;
      if (options.policy === "ignore") return { refused: null, delayMs, setCookie: null };
      const wish = request.headers.get("ibsession");
      const id = /(?:^|;\s*)ibsession=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
      if (id !== undefined) {
        if (now - (lastUsed.get(id) ?? Number.NEGATIVE_INFINITY) > options.timeoutMs) {
          lastUsed.delete(id);
          return {
            refused: new Response("Сеанс отсутствует или удален", { status: 400 }),
            delayMs: 0,
            setCookie: null,
          };
        }
        if (wish === "finish") lastUsed.delete(id);
        else lastUsed.set(id, now);
        return { refused: null, delayMs: 0, setCookie: null };
      }
      if (wish !== "start") return { refused: null, delayMs, setCookie: null };
      if (options.policy === "refuse") {
        return {
          refused: new Response("Не обнаружено свободной лицензии", { status: 406 }),
          delayMs: 0,
          setCookie: null,
        };
      }
      const started = randomUUID();
      lastUsed.set(started, now);
      return { refused: null, delayMs, setCookie: `ibsession=${started}; path=/` };
    },
    expireAll: () => lastUsed.clear(),
    count: () => lastUsed.size,
  };
}
