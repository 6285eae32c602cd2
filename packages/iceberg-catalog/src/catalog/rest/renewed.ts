/** Something that expires. */
export interface Perishable<T> {
  readonly value: T;
  /** Undefined when nobody said: then it is used until it is rejected. */
  readonly expiresAtMs: number | undefined;
}

/** What is shared by all who need it, and got again, once for all of them, a little before it expires. */
export interface Renewed<T> {
  current(): Promise<T>;
  /** Another one, though the current one need not have expired; one that is being fetched counts. */
  renew(): Promise<T>;
  /** What was got last, fresh or not. */
  last(): T | undefined;
}

/** Gets the next one. `previous` is what it takes the place of, unless that was rejected. */
export type Fetch<T> = (previous: Perishable<T> | undefined) => Promise<Perishable<T>>;

/**
 * What is still good is used on when its renewal fails, and the renewal tried again half way to the end. Otherwise the
 * failure is that of those who waited for it, and the next one who asks tries again.
 */
export function renewed<T>(fetch: Fetch<T>, now: () => number, initial?: Perishable<T>): Renewed<T> {
  let latest = initial;
  let renewAtMs = initial && refreshAtMs(initial.expiresAtMs, now());
  let pending: Promise<T> | undefined;

  const next = (previous: Perishable<T> | undefined): Promise<T> => {
    pending ??= fetch(previous)
      .then((fresh) => {
        latest = fresh;
        renewAtMs = refreshAtMs(fresh.expiresAtMs, now());
        return fresh.value;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const nextOrLatest = (): Promise<T> =>
    next(latest).catch((error: unknown) => {
      if (latest === undefined || isExpired(latest, now())) throw error;
      renewAtMs = (now() + (latest.expiresAtMs ?? now())) / 2;
      return latest.value;
    });

  return {
    current: async () =>
      latest !== undefined && (renewAtMs === undefined || now() < renewAtMs) ? latest.value : nextOrLatest(),
    renew: () => next(undefined),
    last: () => latest?.value,
  };
}

export function isExpired({ expiresAtMs }: Perishable<unknown>, now: number): boolean {
  return expiresAtMs !== undefined && now >= expiresAtMs;
}

/** When to renew: a tenth of the remaining life before the end, at most five minutes. */
function refreshAtMs(expiresAtMs: number | undefined, now: number): number | undefined {
  if (expiresAtMs === undefined) return undefined;
  return expiresAtMs - Math.min(Math.max(expiresAtMs - now, 0) / 10, 300_000);
}
