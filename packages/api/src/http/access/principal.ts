/** What a token lets its bearer do; each includes those before it. */
export const roles = ["reader", "writer", "admin"] as const;

/**
 * `reader` reads features, history and definitions; `writer` writes rows and materializes as well; `admin` may do
 * everything, the Iceberg catalog under `/iceberg` included.
 */
export type Role = (typeof roles)[number];

/** Who makes a request. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
  /** The feature views it is kept to; undefined: all, and every other table. */
  readonly views?: ReadonlySet<string> | undefined;
}

export function hasRole({ role }: Principal, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}

/** Whoever is on this machine, of a server without tokens. */
export const localUser: Principal = { name: "local", role: "admin" };
