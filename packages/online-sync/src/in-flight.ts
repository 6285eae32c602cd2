/**
 * Sends each of these, so many at a time at most; after a failure no more of them.
 * @throws the first failure, that of the source included, when nothing is under way any more
 */
export async function sendAll<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  send: (item: T) => Promise<void>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  try {
    for await (const item of items) {
      if (failure !== undefined) break;
      const sent = send(item)
        .catch(fail)
        .finally(() => inFlight.delete(sent));
      inFlight.add(sent);
      if (inFlight.size >= limit) await Promise.race(inFlight);
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(inFlight);
  if (failure !== undefined) throw failure.error;
}

/** The same items, each asked for as soon as the one before it is there. */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (let current = await next; current.done !== true; current = await next) {
      next = source.next();
      // It fails where it is waited for.
      next.catch(() => {});
      yield current.value;
    }
  } finally {
    await next.catch(() => {});
    await source.return?.();
  }
}
