import { IcebergError } from "../../errors.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** More than any catalog has, and than fits into memory as names. */
const maxPages = 100_000;
/** Catalogs that filter by permission may answer with some pages of nothing, but not with ever more. */
const maxEmptyPages = 1000;

/**
 * What all pages hold. The first is asked for with an empty token: without one, catalogs answer with everything at once.
 *
 * @throws IcebergError `SERVICE_UNAVAILABLE` for pages that do not end
 */
export async function allPages<T>(what: string, load: (pageToken: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let [token, emptyPages] = ["", 0];
  while (!seen.has(token) && seen.size < maxPages && emptyPages < maxEmptyPages) {
    seen.add(token);
    const page = await load(token);
    for (const item of page.items) items.push(item);
    if (page.nextPageToken === "") return items;
    emptyPages = page.items.length === 0 ? emptyPages + 1 : 0;
    token = page.nextPageToken;
  }
  const problem = seen.has(token) ? "gave the same page token twice" : `gave ${seen.size} pages and no last one`;
  throw new IcebergError("SERVICE_UNAVAILABLE", `${what}: the catalog ${problem}`);
}
