import type { CallAttempt } from "@dozor/integration/journal";

/** A call that was made to read a source. The body says what was asked for and how much came, never the answer itself. */
export type ReadCall = {
  requestType: string;
  body: Record<string, unknown>;
  attempts: CallAttempt[];
  /** Absent when the answer was read to its end. */
  error?: string;
};
export type NoteCall = (call: ReadCall) => void;

/** Does one call and notes what became of it. `work` pushes its attempts and may add to the body. */
export async function noted<T>(note: NoteCall, requestType: string, work: (call: ReadCall) => Promise<T>): Promise<T> {
  const call: ReadCall = { requestType, body: {}, attempts: [] };
  try {
    return await work(call);
  } catch (error) {
    call.error = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    note(call);
  }
}

/** The same for an answer that is read piece by piece. A reader that stops in the middle notes what came until then. */
export async function* notedStream<T>(
  note: NoteCall,
  requestType: string,
  work: (call: ReadCall) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const call: ReadCall = { requestType, body: {}, attempts: [], error: "the answer was not read to its end" };
  try {
    yield* work(call);
    delete call.error;
  } catch (error) {
    call.error = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    note(call);
  }
}
