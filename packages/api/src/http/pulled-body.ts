import { ReadableStream } from "node:stream/web";

/**
 * A body that is made as fast as it is read: a piece is computed when the connection has room for it, and none ahead.
 * `stop` is called when nobody reads on.
 */
export function pulledBody(pieces: AsyncIterator<Uint8Array | string>, stop: () => Promise<void>): ReadableStream {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
}
