/** Something that expires. */
export interface Perishable<T> {
  readonly value: T;
  /** Undefined when nobody said: then it is used until it is rejected. */
  readonly refreshAtMs: number | undefined;
}

/** What is shared by all who need it, and got again, once for all of them, a little before it expires. */
export interface Renewed<T> {
  current(): Promise<T>;
  /** Another one, though the current one need not have expired; one that is being fetched counts. */
  renew(): Promise<T>;
  /** What was got last, fresh or not. */
  last(): T | undefined;
}

/** A renewal that fails is the failure of those who waited for it; the next one who asks tries again. */
export function renewed<T>(
  fetch: () => Promise<Perishable<T>>,
  now: () => number,
  initial?: Perishable<T>,
): Renewed<T> {
  let latest = initial;
  let pending: Promise<T> | undefined;

  const renew = (): Promise<T> => {
    pending ??= fetch()
      .then((fresh) => {
        latest = fresh;
        return fresh.value;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const isFresh = ({ refreshAtMs }: Perishable<T>): boolean => refreshAtMs === undefined || now() < refreshAtMs;

  return {
    current: async () => (latest !== undefined && isFresh(latest) ? latest.value : renew()),
    renew,
    last: () => latest?.value,
  };
}

/** When to renew: a tenth of the remaining life before the end, at most five minutes. */
export function refreshAtMs(expiresAtMs: number | undefined, now: number): number | undefined {
  if (expiresAtMs === undefined) return undefined;
  return expiresAtMs - Math.min(Math.max(expiresAtMs - now, 0) / 10, 300_000);
}
