import type { Session } from "./session.ts";

const keepers = ["integration_admin", "operator"];

/** Whether the person may see the exchange with outside systems. Only to show or leave out what the services decide themselves. */
export function keepsIntegration(session: Session | undefined): boolean {
  return session?.person.roles.some((role) => keepers.includes(role)) ?? false;
}
