import "./app/mantine.css";
import "leaflet/dist/leaflet.css";
import "./app/global.css";
import { TransportProvider } from "@connectrpc/connect-query";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { queryClient } from "./app/query-client.ts";
import { router } from "./app/router.tsx";
import { onSessionChange } from "./app/session.ts";
import { theme } from "./app/theme.ts";
import { transport } from "./app/transport.ts";
import { startLanguage } from "./i18n/language.ts";
import { NoticeProvider } from "./parts/notices.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("start the console: the page has no #root");
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
const language = await startLanguage();

// What one person has loaded is not for the next.
onSessionChange(() => {
  queryClient.clear();
  void router.invalidate();
});

createRoot(root).render(
  <I18nextProvider i18n={language}>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <TransportProvider transport={transport}>
        <QueryClientProvider client={queryClient}>
          <NoticeProvider>
            <RouterProvider router={router} />
          </NoticeProvider>
        </QueryClientProvider>
      </TransportProvider>
    </MantineProvider>
  </I18nextProvider>,
);
