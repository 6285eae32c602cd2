/** Yields `map` of each item in order, with at most `concurrency` of them under way and no further ahead than that. */
export async function* mapOrdered<T, R>(
  items: Iterable<T>,
  concurrency: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    underWay.push(started(map(item)));
    if (underWay.length >= concurrency) yield await (underWay.shift() as Promise<R>);
  }
  for (const result of underWay) yield await result;
}

/** A result that fails before its turn is reported at its turn, or never when the consumer has stopped before it. */
function started<R>(result: Promise<R>): Promise<R> {
  result.catch(() => {});
  return result;
}
