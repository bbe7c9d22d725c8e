import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { type AssetSnapshot, AssetSnapshotSchema, type CounterpartyBriefSchema } from "@dozor/proto/registry/v1/events";
import type { CounterpartySource, SnapshotSource } from "../store/asset-snapshot.ts";

/** The message of one asset, still without version, hash and time. */
function snapshotMessage(source: SnapshotSource): AssetSnapshot {
  const { nomenclature, contract, lessee, lessor } = source;
  return create(AssetSnapshotSchema, {
    assetId: source.assetId,
    source: source.source,
    externalId: source.externalId,
    deleted: source.deleted,
    description: source.description,
    vin: source.vin,
    plate: source.plate,
    serialNumber: source.serialNumber,
    ...(nomenclature === null ? {} : { nomenclature }),
    ...(contract === null ? {} : { contract: contractBrief(contract) }),
    ...(lessee === null ? {} : { lessee: counterpartyBrief(lessee) }),
    ...(lessor === null ? {} : { lessor: counterpartyBrief(lessor) }),
  });
}

/** The message's bytes without version, hash and time, and their SHA-256. */
export function snapshotContent(source: SnapshotSource): { content: Uint8Array; contentHash: Uint8Array } {
  const content = toBinary(AssetSnapshotSchema, snapshotMessage(source));
  return { content, contentHash: new Bun.CryptoHasher("sha256").update(content).digest() };
}

/** The whole message. Two encoded messages in a row are their merger, so that the content is encoded once. */
export function stampedSnapshot(
  content: Uint8Array,
  { version, contentHash, changedAt }: { version: number; contentHash: Uint8Array; changedAt: Date },
): Uint8Array {
  const stamp = create(AssetSnapshotSchema, {
    version: BigInt(version),
    contentHash,
    changedAt: timestampFromDate(changedAt),
  });
  return Buffer.concat([content, toBinary(AssetSnapshotSchema, stamp)]);
}

function contractBrief(contract: NonNullable<SnapshotSource["contract"]>) {
  const { latitudeDeg, longitudeDeg, radiusKm, plannedMileageKmPerYear, address, regionCode, ...brief } = contract;
  return {
    ...brief,
    startDate: brief.startDate ?? "",
    endDate: brief.endDate ?? "",
    handoverDate: brief.handoverDate ?? "",
    returnDate: brief.returnDate ?? "",
    debtAmount: brief.debtAmount ?? "",
    ...(plannedMileageKmPerYear === null ? {} : { plannedMileageKmPerYear }),
    agreedLocation: {
      address,
      regionCode,
      ...(latitudeDeg === null ? {} : { latitudeDeg }),
      ...(longitudeDeg === null ? {} : { longitudeDeg }),
      ...(radiusKm === null ? {} : { radiusKm }),
    },
  };
}

function counterpartyBrief(counterparty: CounterpartySource): MessageInitShape<typeof CounterpartyBriefSchema> {
  const { id, name, inn, ogrn, identity, checkedAt } = counterparty;
  return {
    ...{ id, name, inn, ogrn },
    identity: identity ?? CounterpartyIdentity.NOT_CHECKED,
    focusInn: counterparty.focusInn ?? "",
    focusOgrn: counterparty.focusOgrn ?? "",
    focusStatusText: counterparty.statusText ?? "",
    dissolved: counterparty.dissolved ?? false,
    dissolving: counterparty.dissolving ?? false,
    reorganizing: counterparty.reorganizing ?? false,
    bankrupting: counterparty.bankrupting ?? false,
    ...(checkedAt === null ? {} : { focusCheckedAt: timestampFromDate(new Date(checkedAt)) }),
  };
}
