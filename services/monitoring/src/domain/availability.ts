import { Availability } from "@dozor/proto/tracking/v1/facts";
import type { UnknownReason } from "./judgement.ts";

/** Why the tracker facts of an asset cannot be relied on; undefined when they can. */
export function unavailability(availability: Availability): UnknownReason | undefined {
  switch (availability) {
    case Availability.OK:
      return undefined;
    case Availability.NO_DEVICE:
      return "no_device";
    case Availability.AMBIGUOUS_IDENTITY:
      return "ambiguous_identity";
    case Availability.PROVIDER_UNHEALTHY:
      return "provider_unhealthy";
    case Availability.UNKNOWN_ASSET:
    case Availability.UNSPECIFIED:
      return "unknown_asset";
  }
}
