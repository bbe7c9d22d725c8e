// One service on the server: its contract, its implementation and who may call what. Made by route() of server.ts, which checks both tables.

import type { DescService } from "@bufbuild/protobuf";
import type { Role } from "./auth.ts";

/** Handlers by method name; their shapes are checked where the route is made. */
export type Implementation = Readonly<Record<string, unknown>>;

export type Route = {
  service: DescService;
  implementation: Implementation;
  /** "open" is for health and reflection, which anybody may ask. */
  access: Readonly<Record<string, readonly Role[]>> | "open";
};
