import { type Role, roles } from "@dozor/runtime/auth";

export const readers: readonly Role[] = roles;
export const administrators: readonly Role[] = ["integration_admin"];
/** May read everything there is, as another service does when it builds its copy anew. */
export const copiers: readonly Role[] = ["service", "integration_admin", "operator"];
