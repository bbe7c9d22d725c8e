import type { Role } from "@dozor/runtime/auth";

// Who may do what. Everybody with a role may read; each list below names those who may change something.

export const readers: readonly Role[] = ["viewer", "analyst", "lead", "integration_admin", "operator", "service"];
export const taskWorkers: readonly Role[] = ["analyst", "lead"];
export const taskLeads: readonly Role[] = ["lead"];
export const indicatorAuthors: readonly Role[] = ["analyst", "lead"];
export const ruleKeepers: readonly Role[] = ["lead", "integration_admin"];
export const reconcilers: readonly Role[] = ["operator", "integration_admin"];
/** Who follows an object through the systems. */
export const integrators: readonly Role[] = ["integration_admin", "operator"];
export const runOperators: readonly Role[] = ["operator"];
