/** Levels of a namespace, outermost first. */
export type Namespace = readonly string[];

/** A table's name in its namespace. */
export interface TableIdentifier {
  readonly namespace: Namespace;
  readonly name: string;
}

/** The identifier as people write it: `flights.origin_delays`. */
export function identifierToString(identifier: TableIdentifier): string {
  return [...identifier.namespace, identifier.name].join(".");
}
