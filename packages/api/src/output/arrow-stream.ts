import { AsyncByteQueue, type RecordBatch, RecordBatchStreamWriter } from "apache-arrow";

/** Prints batches in Arrow's IPC streaming format, one piece per batch. */
export async function* arrowStream(batches: AsyncIterable<RecordBatch>): AsyncGenerator<Uint8Array> {
  const sink = new ByteCollector();
  const writer = new RecordBatchStreamWriter();
  writer.reset(sink);
  for await (const batch of batches) {
    writer.write(batch);
    yield sink.take();
  }
  writer.close();
  yield sink.take();
}

/** Holds what the writer wrote until it is taken: Arrow's own queue hands out pieces only to who waits for the end. */
class ByteCollector extends AsyncByteQueue {
  #pieces: Uint8Array[] = [];

  override write(value: ArrayBufferView | ArrayBufferLike | Uint8Array): void {
    this.#pieces.push(
      ArrayBuffer.isView(value)
        ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
        : new Uint8Array(value),
    );
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return bytes;
  }
}
