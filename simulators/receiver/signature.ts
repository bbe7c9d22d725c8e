import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether a message is signed as Standard Webhooks says, by this secret and not long ago. */
export function isSigned(headers: Headers, body: string, secret: string, toleranceS: number): boolean {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const ageS = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (id === "" || !/^\d+$/.test(timestamp) || ageS > toleranceS) return false;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : secret;
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  return (headers.get("webhook-signature") ?? "").split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return signature.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
