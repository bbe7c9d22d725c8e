import { dataQualityRoute } from "@dozor/integration/rpc/data-quality-route";
import { deadLetterRoute } from "@dozor/integration/rpc/dead-letter-route";
import { queueRoute } from "@dozor/integration/rpc/queue-route";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { CheckRequestSchema } from "@dozor/proto/tracking/v1/check";
import { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { ZoneService } from "@dozor/proto/tracking/v1/zone";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import type { Context } from "../context.ts";
import { rereadItem } from "../intake/reread-item.ts";
import { administrators, readers, zoneEditors } from "./access.ts";
import { assignDeviceRpc } from "./tracking/assign-device.ts";
import { getAssetTracking } from "./tracking/get-asset-tracking.ts";
import { listContactsRpc } from "./tracking/list-contacts.ts";
import { listDevicesRpc } from "./tracking/list-devices.ts";
import { listDirectoryEntries } from "./tracking/list-directory-entries.ts";
import { listFixesRpc } from "./tracking/list-fixes.ts";
import { listProviders } from "./tracking/list-providers.ts";
import { listZoneVisitsRpc } from "./tracking/list-zone-visits.ts";
import { pollNow } from "./tracking/poll-now.ts";
import { archiveZone } from "./zone/archive-zone.ts";
import { createZone } from "./zone/create-zone.ts";
import { getZoneRpc } from "./zone/get-zone.ts";
import { importRegions } from "./zone/import-regions.ts";
import { importZones } from "./zone/import-zones.ts";
import { listRegions } from "./zone/list-regions.ts";
import { listZonesRpc } from "./zone/list-zones.ts";
import { locateAssets } from "./zone/locate-assets.ts";
import { updateZone } from "./zone/update-zone.ts";

/** Every RPC of the service with the roles that may call it. */
export function routes(context: Context): Route[] {
  return [
    route(
      TrackingService,
      {
        getAssetTracking: getAssetTracking(context),
        listDirectoryEntries: listDirectoryEntries(context),
        listContacts: listContactsRpc(context),
        listFixes: listFixesRpc(context),
        listZoneVisits: listZoneVisitsRpc(context),
        listDevices: listDevicesRpc(context),
        assignDevice: assignDeviceRpc(context),
        listProviders: listProviders(context),
        pollNow: pollNow(context),
      },
      {
        getAssetTracking: readers,
        listDirectoryEntries: readers,
        listContacts: readers,
        listFixes: readers,
        listZoneVisits: readers,
        listDevices: readers,
        assignDevice: administrators,
        listProviders: readers,
        pollNow: administrators,
      },
    ),
    route(
      ZoneService,
      {
        listZones: listZonesRpc(context),
        getZone: getZoneRpc(context),
        createZone: createZone(context),
        updateZone: updateZone(context),
        archiveZone: archiveZone(context),
        importZones: importZones(context),
        listRegions: listRegions(context),
        importRegions: importRegions(context),
        locateAssets: locateAssets(context),
      },
      {
        listZones: readers,
        getZone: readers,
        createZone: zoneEditors,
        updateZone: zoneEditors,
        archiveZone: zoneEditors,
        importZones: zoneEditors,
        listRegions: readers,
        importRegions: administrators,
        locateAssets: readers,
      },
    ),
    dataQualityRoute(context),
    queueRoute({ database: context.database, reread: rereadItem(context) }),
    deadLetterRoute({ database: context.database, schemas: [AssetSnapshotSchema, CheckRequestSchema] }),
  ];
}
