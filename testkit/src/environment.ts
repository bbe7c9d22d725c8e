/** The address given by `./dozor test`, or by hand, in an environment variable. */
export function testAddress(name: "DOZOR_TEST_POSTGRES_URL" | "DOZOR_TEST_NATS_URL"): string {
  const address = process.env[name];
  if (!address) throw new Error(`${name} is not set: run the tests by ./dozor test, which raises Postgres and NATS`);
  return address;
}
