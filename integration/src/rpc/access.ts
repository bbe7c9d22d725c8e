import type { Role } from "@dozor/runtime/auth";

/** Who sees the exchange with outside systems and may act on it. Bodies hold personal data that analysts need not see. */
export const queueKeepers: readonly Role[] = ["integration_admin", "operator"];
