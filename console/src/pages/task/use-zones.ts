import { callUnaryMethod, createConnectQueryKey, useTransport } from "@connectrpc/connect-query";
import { type Zone, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { useQueries } from "@tanstack/react-query";

/** The zones with their present geometry once all have come, in the order asked for; those that cannot be loaded are counted. */
export function useZones(zoneIds: readonly string[]): { zones: Zone[]; missingCount: number } {
  const transport = useTransport();
  const schema = ZoneService.method.getZone;
  const answers = useQueries({
    queries: zoneIds.map((zoneId) => ({
      queryKey: createConnectQueryKey({ schema, input: { zoneId }, transport, cardinality: "finite" }),
      queryFn: ({ signal }: { signal: AbortSignal }) => callUnaryMethod(transport, schema, { zoneId }, { signal }),
      staleTime: 5 * 60_000,
    })),
  });
  if (answers.some(({ isPending }) => isPending)) return { zones: [], missingCount: 0 };
  return {
    zones: answers.flatMap(({ data }) => (data?.zone ? [data.zone] : [])),
    missingCount: answers.filter(({ isError }) => isError).length,
  };
}
