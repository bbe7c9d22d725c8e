import { connect } from "nats";
import { testAddress } from "./environment.ts";

export type TestNats = AsyncDisposable & {
  url: string;
  /** Begins the name of every stream, bucket and subject of this test, so that tests share one server: `T_3F2A…`. */
  prefix: string;
  /** The same for subjects, in lower case as ours are. */
  subjectPrefix: string;
};

/** A corner of the shared NATS server for one test; streams and buckets that begin with the prefix go when it is disposed. */
export async function testNats(): Promise<TestNats> {
  const url = testAddress("DOZOR_TEST_NATS_URL");
  const prefix = `T_${crypto.randomUUID().replaceAll("-", "").slice(0, 12).toUpperCase()}`;
  return {
    url,
    prefix,
    subjectPrefix: prefix.toLowerCase(),
    async [Symbol.asyncDispose]() {
      const connection = await connect({ servers: url, name: `${prefix}-cleanup` });
      try {
        const manager = await connection.jetstreamManager();
        for await (const stream of manager.streams.list()) {
          const name = stream.config.name;
          if (name.startsWith(prefix) || name.startsWith(`KV_${prefix}`)) await manager.streams.delete(name);
        }
      } finally {
        await connection.close();
      }
    },
  };
}
