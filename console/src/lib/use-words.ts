import { useQuery } from "@connectrpc/connect-query";
import { type Region, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { WordsContext } from "./words/words-context.ts";

const noRegions: readonly Region[] = [];

/** The built-in regions; they change with a release, so that one reading serves the whole session. */
export function useRegions(): readonly Region[] {
  const { data } = useQuery(ZoneService.method.listRegions, {}, { staleTime: Number.POSITIVE_INFINITY });
  return data?.regions ?? noRegions;
}

/** The phrases, formats and region names of the present language. */
export function useWords(): WordsContext {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const regions = useRegions();
  return useMemo(() => {
    const names = new Map(regions.map((region) => [region.code, language === "ru" ? region.nameRu : region.nameEn]));
    return { t, language, regionName: (code: string) => names.get(code) || code };
  }, [t, language, regions]);
}
