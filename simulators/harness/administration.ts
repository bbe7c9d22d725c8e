import { applyOperation } from "../world/operations.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Fault, FaultBook } from "./faults.ts";
import type { Gate } from "./gate.ts";

/** What administration may look at and turn. */
export interface Controls {
  faults: FaultBook;
  outage(): number | null;
  setOutage(status: number | null): void;
  counters(): Record<string, Record<string, number>>;
  gate: Gate;
}

/** Answers `/_admin/<name>`: what every simulator has, and what this one adds. */
export function administration(
  behaviour: Behaviour,
  controls: Controls,
): (request: Request, url: URL) => Promise<Response> {
  const posts: Record<string, (posted: unknown) => unknown> = {
    ...commonPosts(behaviour, controls),
    ...behaviour.adminPosts,
  };
  return async (request, url) => {
    const name = url.pathname.slice("/_admin/".length);
    if (request.method === "GET") {
      if (name === "health") return Response.json({ ok: true });
      if (name === "state") return Response.json(stateOf(behaviour, controls));
      return (
        (await behaviour.admin[name]?.(url)) ?? Response.json({ error: `no administration ${name}` }, { status: 404 })
      );
    }
    if (request.method === "DELETE" && name === "faults") {
      controls.faults.clear();
      return Response.json({ faults: [] });
    }
    const post = request.method === "POST" ? posts[name] : undefined;
    if (post === undefined)
      return Response.json({ error: `no administration ${request.method} ${name}` }, { status: 404 });
    return Response.json(await post(await request.json()));
  };
}

function stateOf(behaviour: Behaviour, controls: Controls): Record<string, unknown> {
  return {
    name: behaviour.name,
    now: new Date(behaviour.world.clock.now()).toISOString(),
    counters: controls.counters(),
    concurrencyViolations: controls.gate.violations(),
    busy: controls.gate.isBusy(),
    outage: controls.outage(),
    faults: controls.faults.list(),
    ...behaviour.state(),
  };
}

function commonPosts({ world }: Behaviour, controls: Controls): Record<string, (posted: unknown) => unknown> {
  return {
    faults: (posted) => {
      // The book refuses what is no fault.
      for (const fault of listIn(posted, "faults")) controls.faults.add(fault as Partial<Fault>);
      return { faults: controls.faults.list() };
    },
    outage: (posted) => {
      const { on, status } = posted as { on?: boolean; status?: number };
      controls.setOutage(on === false ? null : (status ?? 503));
      return { outage: controls.outage() };
    },
    advance: (posted) => {
      world.clock.advanceTo(Date.parse(String((posted as { to?: string }).to)));
      return { now: new Date(world.clock.now()).toISOString() };
    },
    operations: (posted) => ({ applied: listIn(posted, "operations").map((one) => applyOperation(world, one)) }),
  };
}

/** The list under a key of a posted object, or the object itself as a list of one. */
function listIn(posted: unknown, key: string): unknown[] {
  if (typeof posted !== "object" || posted === null) throw new Error(`expected an object with ${key}`);
  const list = (posted as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [posted];
}
