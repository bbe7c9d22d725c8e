/** Bounds of one object in an answer of 1C: a fat contract is some hundred kilobytes. */
export const itemLimits = {
  itemBytesMax: 1_048_576,
  limits: { bytesMax: 1_048_576, depthMax: 16, keysMax: 2_000, itemsMax: 20_000 },
};
