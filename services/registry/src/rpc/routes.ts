import { dataQualityRoute } from "@dozor/integration/rpc/data-quality-route";
import { deadLetterRoute } from "@dozor/integration/rpc/dead-letter-route";
import { queueRoute } from "@dozor/integration/rpc/queue-route";
import { ReceiverService } from "@dozor/proto/registry/v1/receiver";
import { RegistryService } from "@dozor/proto/registry/v1/registry";
import { SourceService } from "@dozor/proto/registry/v1/source";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import type { RegistryContext } from "../context.ts";
import { administrators, copiers, readers } from "./access.ts";
import { listReceivers } from "./receiver/list-receivers.ts";
import { reloadReceiver } from "./receiver/reload-receiver.ts";
import { getAsset } from "./registry/get-asset.ts";
import { getContact } from "./registry/get-contact.ts";
import { getContract } from "./registry/get-contract.ts";
import { getCounterparty } from "./registry/get-counterparty.ts";
import { getDigest } from "./registry/get-digest.ts";
import { getNomenclature } from "./registry/get-nomenclature.ts";
import { listAssetSnapshots } from "./registry/list-asset-snapshots.ts";
import { listAssets } from "./registry/list-assets.ts";
import { listContacts } from "./registry/list-contacts.ts";
import { listContracts } from "./registry/list-contracts.ts";
import { listCounterparties } from "./registry/list-counterparties.ts";
import { listNomenclature } from "./registry/list-nomenclature.ts";
import { search } from "./registry/search.ts";
import { traceEntity } from "./registry/trace-entity.ts";
import { getQuarantinedRecord } from "./source/get-quarantined-record.ts";
import { listQuarantinedRecords } from "./source/list-quarantined-records.ts";
import { listSources } from "./source/list-sources.ts";
import { pollNow } from "./source/poll-now.ts";
import { previewQuarantinedRecords } from "./source/preview-quarantined-records.ts";
import { reprocessQuarantinedRecord } from "./source/reprocess-quarantined-record.ts";
import { rereadRecord } from "./source/reread-record.ts";

/** Every RPC of the service with the roles that may call it. */
export function routes(context: RegistryContext): Route[] {
  return [
    route(
      RegistryService,
      {
        getAsset: getAsset(context),
        listAssets: listAssets(context),
        getContract: getContract(context),
        listContracts: listContracts(context),
        getCounterparty: getCounterparty(context),
        listCounterparties: listCounterparties(context),
        getContact: getContact(context),
        listContacts: listContacts(context),
        getNomenclature: getNomenclature(context),
        listNomenclature: listNomenclature(context),
        search: search(context),
        listAssetSnapshots: listAssetSnapshots(context),
        getDigest: getDigest(context),
        traceEntity: traceEntity(context),
      },
      {
        getAsset: readers,
        listAssets: readers,
        getContract: readers,
        listContracts: readers,
        getCounterparty: readers,
        listCounterparties: readers,
        getContact: readers,
        listContacts: readers,
        getNomenclature: readers,
        listNomenclature: readers,
        search: readers,
        listAssetSnapshots: copiers,
        getDigest: copiers,
        traceEntity: copiers,
      },
    ),
    route(
      SourceService,
      {
        listSources: listSources(context),
        pollNow: pollNow(context),
        listQuarantinedRecords: listQuarantinedRecords(context),
        getQuarantinedRecord: getQuarantinedRecord(context),
        reprocessQuarantinedRecord: reprocessQuarantinedRecord(context),
        previewQuarantinedRecords: previewQuarantinedRecords(context),
      },
      {
        listSources: readers,
        pollNow: administrators,
        listQuarantinedRecords: readers,
        getQuarantinedRecord: readers,
        reprocessQuarantinedRecord: administrators,
        previewQuarantinedRecords: administrators,
      },
    ),
    route(
      ReceiverService,
      { listReceivers: listReceivers(context), reloadReceiver: reloadReceiver(context) },
      { listReceivers: readers, reloadReceiver: administrators },
    ),
    dataQualityRoute(context),
    queueRoute({ database: context.database, reread: rereadRecord(context) }),
    deadLetterRoute({ database: context.database, schemas: [] }),
  ];
}
