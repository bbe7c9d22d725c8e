import type { TFunction } from "i18next";

const known = ["viewer", "analyst", "lead", "integration_admin", "operator", "service"] as const;

/** Roles in words, comma separated; one that this console does not know yet stays as it is. */
export function roleWords(roles: readonly string[], t: TFunction): string {
  return roles
    .map((role) => {
      const key = known.find((each) => each === role);
      return key ? t(`common.role.${key}`) : role;
    })
    .join(", ");
}
