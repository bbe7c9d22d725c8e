import type { MessageInitShape } from "@bufbuild/protobuf";
import { ContractStatus, CounterpartyIdentity, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type AssetSnapshot, AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { overlay } from "./overlay.ts";

export const omsk = { latitudeDeg: 54.99, longitudeDeg: 73.37 };
export const lesseeId = "aaaaaaaa-0000-4000-8000-000000000001";
export const lessorId = "bbbbbbbb-0000-4000-8000-000000000001";

/** The id of the n-th asset; ids rise with n. */
export function assetIdOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** A watched truck of Omsk with everything in order, unless the change says otherwise. */
export function assetSnapshot(n: number, change: MessageInitShape<typeof AssetSnapshotSchema> = {}): AssetSnapshot {
  const usual: MessageInitShape<typeof AssetSnapshotSchema> = {
    assetId: assetIdOf(n),
    version: 1n,
    contentHash: new Uint8Array(32).fill(n % 251),
    source: "1c",
    externalId: `ext-${n}`,
    description: `КАМАЗ ${n}`,
    vin: `XTC00000000000${String(n).padStart(3, "0")}`,
    plate: `А${String(n).padStart(3, "0")}АА55`,
    nomenclature: {
      id: "cccccccc-0000-4000-8000-000000000001",
      name: "Грузовик",
      kind: NomenclatureKind.TRUCK,
      vinExpected: true,
      trackerExpected: true,
    },
    contract: {
      id: "dddddddd-0000-4000-8000-000000000001",
      number: `ДЛ-${n}`,
      status: ContractStatus.ACTIVE,
      startDate: "2026-01-01",
      endDate: "2028-12-31",
      handoverDate: "2026-01-10",
      agreedLocation: { ...omsk, address: "Омск", radiusKm: 100, regionCode: "RU-OMS" },
      plannedMileageKmPerYear: 36_525,
    },
    lessee: {
      id: lesseeId,
      name: "ООО Ромашка",
      inn: "5501000001",
      ogrn: "1025500000001",
      identity: CounterpartyIdentity.MATCH,
      focusInn: "5501000001",
      focusOgrn: "1025500000001",
    },
    lessor: { id: lessorId, name: "АО Лизинг", identity: CounterpartyIdentity.MATCH, focusInn: "7701000001" },
  };
  return overlay(AssetSnapshotSchema, usual, change);
}
