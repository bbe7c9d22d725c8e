import { Button, createTheme, Modal, Select, Textarea, TextInput, Tooltip } from "@mantine/core";

/** Calm and dense: one deep blue for what can be done, colour otherwise kept for severity. */
export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.42,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Consolas, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: "620" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: "sm",
  colors: {
    ink: ["#eef5fa", "#dae8f1", "#b3cfe1", "#88b4d0", "#649dc2", "#4d8fb9", "#2f749f", "#1d5f8a", "#154c70", "#0c3a58"],
  },
  components: {
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Textarea: Textarea.extend({ defaultProps: { size: "xs" } }),
    Select: Select.extend({ defaultProps: { size: "xs", checkIconPosition: "right" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, multiline: true, maw: 360 } }),
    // Locking the scroll writes a style element of its own, which the page's policy refuses.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
  },
});
