import type { Scope } from "@dozor/proto/monitoring/v1/indicator";
import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";

export type ScopeSubject = {
  kind: string | undefined;
  lessorId: string | undefined;
  lesseeId: string | undefined;
  agreedRegion: string;
};

/** Whether a watched asset matches every filter of a scope; an empty filter matches all. */
export function isInScope(subject: ScopeSubject, scope: Scope | undefined): boolean {
  if (scope === undefined) return true;
  return (
    matches(
      scope.kinds.map((kind) => NomenclatureKind[kind].toLowerCase()),
      subject.kind,
    ) &&
    matches(scope.lessorIds, subject.lessorId) &&
    matches(scope.lesseeIds, subject.lesseeId) &&
    matches(scope.regionCodes, subject.agreedRegion)
  );
}

function matches(allowed: readonly string[], value: string | undefined): boolean {
  return allowed.length === 0 || (value !== undefined && allowed.includes(value));
}
