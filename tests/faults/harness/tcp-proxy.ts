import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

type Direction = "to server" | "to client";

/** How a link treats what passes; what is not given is as on a healthy link. */
export type LinkState = {
  delayMs?: number;
  /** Nothing passes and nobody hears of a break, as where every packet is dropped; one direction alone makes it one-way. */
  dropped?: Direction | "both";
  bytesPerSecond?: number;
  /** Share of lost packets, 0 to 1. A lost one is sent again later and later; one lost five times in a row breaks the connection. */
  lossShare?: number;
  /** Share of the pieces passing, 0 to 1, at which the connection is reset. */
  resetShare?: number;
  /** New connections are reset at once. */
  refused?: boolean;
};

/** Loses one part of an exchange and resets the connection, so that the client cannot know what became of its request. */
export type Cut = {
  /** "request": the server never sees it. "reply": the server did the work. "half of the reply": the client sees its beginning. */
  part: "request" | "reply" | "half of the reply";
  /** Which exchange: looked for in the bytes of the request, or of the reply itself. */
  where: "request" | "reply";
  like: RegExp;
  times: number;
};

type ProxyCounts = {
  connections: number;
  resets: number;
  cuts: number;
  /** Pieces that were dropped for a time, delayed, or had to be sent again. */
  disturbed: number;
  bytes: Record<Direction, number>;
};

export type TcpProxy = AsyncDisposable & {
  port: number;
  counts: Readonly<ProxyCounts>;
  /** Replaces the whole state, for connections that stand too. */
  set(state: LinkState): void;
  cut(cut: Cut): void;
  /** Resets every connection that stands; how many there were. */
  reset(): number;
  /** Healthy again; what was dropped passes now, as it would by retransmission. */
  heal(): void;
};

type Link = { state: LinkState; cuts: Cut[]; changed: PromiseWithResolvers<void>; random: () => number };
type Line = {
  client: Socket;
  server: Socket;
  /** Directions that still carry something. */
  open: number;
  ended: AbortController;
  replyCut: Cut | undefined;
  counts: ProxyCounts;
};

const queuedBytesMax = 256 * 1024;
// Linux sends a lost packet again after 200 ms, then after twice as long each time.
const retransmitMs = 200;
const lossesMax = 5;

/** Stands between a client and a server on 127.0.0.1, and treats their link as it is told. Port 0 takes a free one. */
export async function startTcpProxy(
  target: { port: number },
  { port = 0, random = Math.random }: { port?: number; random?: () => number } = {},
): Promise<TcpProxy> {
  const link: Link = { state: {}, cuts: [], changed: Promise.withResolvers(), random };
  const counts: ProxyCounts = {
    connections: 0,
    resets: 0,
    cuts: 0,
    disturbed: 0,
    bytes: { "to server": 0, "to client": 0 },
  };
  const lines = new Set<Line>();
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    counts.connections += 1;
    if (link.state.refused) {
      counts.resets += 1;
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: "127.0.0.1", port: target.port, allowHalfOpen: true, noDelay: true });
    const line: Line = { client, server, open: 2, ended: new AbortController(), replyCut: undefined, counts };
    lines.add(line);
    line.ended.signal.addEventListener("abort", () => lines.delete(line), { once: true });
    carry(line, "to server", link);
    carry(line, "to client", link);
  });
  const taken = await listen(listener, port);
  const change = (state: LinkState) => {
    link.state = state;
    link.changed.resolve();
    link.changed = Promise.withResolvers();
  };
  const reset = () => {
    const standing = [...lines];
    for (const line of standing) breakLine(line);
    return standing.length;
  };
  return {
    port: taken,
    counts,
    set: change,
    cut: (cut) => void link.cuts.push({ ...cut }),
    reset,
    heal() {
      link.cuts.splice(0);
      change({});
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      reset();
      await closed;
    },
  };
}

function listen(listener: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, "127.0.0.1", () => {
      const address = listener.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Both ends see a reset, not an orderly end. */
function breakLine(line: Line): void {
  if (line.ended.signal.aborted) return;
  line.counts.resets += 1;
  line.ended.abort();
  line.client.resetAndDestroy();
  line.server.resetAndDestroy();
}

/** Reads one end into a bounded queue, so that delayed bytes overlap as on a long wire, and passes it on at the other end. */
function carry(line: Line, direction: Direction, link: Link): void {
  const [from, to] = direction === "to server" ? [line.client, line.server] : [line.server, line.client];
  const queue: { bytes: Buffer; dueAt: number }[] = [];
  let queuedBytes = 0;
  let isOver = false;
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  from.on("data", (bytes: Buffer) => {
    queue.push({ bytes, dueAt: performance.now() + (link.state.delayMs ?? 0) });
    queuedBytes += bytes.length;
    if (queuedBytes > queuedBytesMax) from.pause();
    tell();
  });
  from.on("end", () => {
    isOver = true;
    tell();
  });
  // An end that breaks, or could not be reached, breaks the other one.
  from.on("error", () => breakLine(line));
  from.on("close", () => {
    isOver = true;
    tell();
  });

  void pass().catch(() => breakLine(line));
  async function pass(): Promise<void> {
    const { signal } = line.ended;
    for (;;) {
      const next = queue.shift();
      if (next === undefined) {
        if (isOver) break;
        await orEnded(news.promise, signal);
        continue;
      }
      if (next.dueAt > performance.now()) {
        line.counts.disturbed += 1;
        await delay(next.dueAt - performance.now(), undefined, { signal });
      }
      await passable(line, direction, link);
      const bytes = whatPasses(line, direction, link, next.bytes);
      if (bytes === undefined) return;
      await write(to, bytes, link, signal);
      line.counts.bytes[direction] += bytes.length;
      if (line.replyCut !== undefined && direction === "to client") return breakLine(line);
      queuedBytes -= next.bytes.length;
      if (from.isPaused() && queuedBytes < queuedBytesMax / 2) from.resume();
    }
    await passable(line, direction, link);
    to.end();
    line.open -= 1;
    if (line.open === 0) line.ended.abort();
  }
}

/** Waits while the direction is dropped, and as long as lost packets take. */
async function passable(line: Line, direction: Direction, link: Link): Promise<void> {
  const { signal } = line.ended;
  for (let isFirst = true; isDropped(link, direction); isFirst = false) {
    if (isFirst) line.counts.disturbed += 1;
    await orEnded(link.changed.promise, signal);
  }
  for (let losses = 0; link.random() < (link.state.lossShare ?? 0); losses += 1) {
    if (losses === lossesMax - 1) throw new Error("the packet was lost too often");
    line.counts.disturbed += 1;
    await delay(retransmitMs * 2 ** losses, undefined, { signal });
  }
  if (link.random() < (link.state.resetShare ?? 0)) throw new Error("reset");
}

function isDropped({ state: { dropped } }: Link, direction: Direction): boolean {
  return dropped === "both" || dropped === direction;
}

/** The bytes that go on, or nothing when a cut ended the connection here. */
function whatPasses(line: Line, direction: Direction, link: Link, bytes: Buffer): Buffer | undefined {
  const text = link.cuts.length > 0 ? bytes.toString("latin1") : "";
  if (direction === "to server") {
    const cut = takeCut(link, line, (one) => one.where === "request" && one.like.test(text));
    if (cut?.part === "request") {
      breakLine(line);
      return undefined;
    }
    line.replyCut ??= cut;
    return bytes;
  }
  line.replyCut ??= takeCut(link, line, (one) => one.where === "reply" && one.like.test(text));
  if (line.replyCut === undefined) return bytes;
  if (line.replyCut.part === "half of the reply") return bytes.subarray(0, Math.ceil(bytes.length / 2));
  breakLine(line);
  return undefined;
}

function takeCut(link: Link, line: Line, isMeant: (cut: Cut) => boolean): Cut | undefined {
  const cut = link.cuts.find(isMeant);
  if (cut === undefined) return undefined;
  cut.times -= 1;
  if (cut.times <= 0) link.cuts.splice(link.cuts.indexOf(cut), 1);
  line.counts.cuts += 1;
  return cut;
}

async function write(to: Socket, bytes: Buffer, link: Link, signal: AbortSignal): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    const { bytesPerSecond } = link.state;
    // Twenty slices a second are even enough, and a change of the state is felt soon.
    const size = bytesPerSecond === undefined ? bytes.length : Math.max(1, Math.floor(bytesPerSecond / 20));
    const slice = bytes.subarray(sent, sent + size);
    await new Promise<void>((resolve, reject) => to.write(slice, (error) => (error ? reject(error) : resolve())));
    sent += slice.length;
    if (bytesPerSecond !== undefined) await delay((slice.length / bytesPerSecond) * 1000, undefined, { signal });
  }
}

async function orEnded(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(new Error("the connection ended"));
  signal.addEventListener("abort", end, { once: true });
  try {
    await Promise.race([promise, ended.promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
