export type Probe = AsyncDisposable & { url: string; beat(): void; setStarted(): void; setReady(ready: boolean): void };
export async function startProbe(_options: { host?: string; port: number; stallMs?: number }): Promise<Probe> {
  throw new Error("not built yet");
}
