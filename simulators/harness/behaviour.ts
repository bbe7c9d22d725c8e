import type { World } from "../world/world.ts";
import type { Concurrency } from "./gate.ts";

/** What makes one simulator different from another. */
export interface Behaviour {
  name: string;
  world: World;
  concurrency: Concurrency;
  /** The name under which a call is counted and spoiled, null for an address that does not exist. */
  endpointOf(request: Request, url: URL): string | null;
  /** A check before the call takes its turn: a wrong key, too many calls a second. */
  guard?(request: Request, url: URL, endpoint: string): Response | null;
  handle(request: Request, url: URL, endpoint: string): Promise<Response>;
  /** The answer to a call that came while another one ran. */
  busy(): Response;
  unknownAddress(): Response;
  /** Further administration: GET /_admin/<name>. */
  admin: Record<string, (url: URL) => Promise<Response> | Response>;
  /** Further administration: POST /_admin/<name>. */
  adminPosts?: Record<string, (body: unknown) => unknown>;
  state(): Record<string, unknown>;
}
