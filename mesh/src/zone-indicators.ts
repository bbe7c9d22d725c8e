import { create } from "@bufbuild/protobuf";
import { ConditionSchema, Membership } from "@dozor/proto/monitoring/v1/condition";
import { DefinitionSchema, Severity } from "@dozor/proto/monitoring/v1/indicator";
import type { MeshClients } from "./mesh-clients.ts";

/** Indicators over the zones of the simulated X-Keeper, which the default ones cannot name because every installation has its own. */
const zoneIndicators = [
  {
    key: "in_forbidden_zone",
    name: "В запретной зоне",
    prefix: "Запретная",
    membership: Membership.IN,
    severity: Severity.HIGH,
  },
  {
    key: "outside_home_zones",
    name: "Вне разрешённых зон",
    prefix: "Разрешённая",
    membership: Membership.NOT_IN,
    severity: Severity.MEDIUM,
  },
] as const;

/** Makes and publishes those that are not there yet, as an analyst would. */
export async function publishZoneIndicators(clients: MeshClients, signal?: AbortSignal): Promise<void> {
  const call = signal ? { signal } : {};
  const { indicators } = await clients.indicators.listIndicators({}, call);
  const present = new Set(indicators.map((indicator) => indicator.key));
  for (const { key, name, prefix, membership, severity } of zoneIndicators) {
    if (present.has(key)) continue;
    const { zones } = await clients.zones.listZones({ namePrefix: prefix, pageSize: 1000 }, call);
    if (zones.length === 0) continue;
    const zoneIds = zones.map((zone) => zone.zoneId);
    const condition = create(ConditionSchema, { kind: { case: "zone", value: { membership, zoneIds } } });
    const definition = create(DefinitionSchema, { name, severity, condition });
    const created = await clients.indicators.createIndicator({ key, definition, requestId: crypto.randomUUID() }, call);
    if (created.indicator === undefined) throw new Error(`create the indicator ${key}: the answer names none`);
    const { indicatorId, version } = created.indicator;
    await clients.indicators.publishIndicator({ indicatorId, version }, call);
  }
}
