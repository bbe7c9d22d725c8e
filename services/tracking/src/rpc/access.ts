import type { Role } from "@dozor/runtime/auth";

export const readers: readonly Role[] = ["viewer", "analyst", "lead", "integration_admin", "operator", "service"];
export const zoneEditors: readonly Role[] = ["analyst", "lead"];
export const administrators: readonly Role[] = ["integration_admin"];
