import { IcebergError } from "../../errors.ts";
import type { Namespace, TableIdentifier } from "../table-identifier.ts";
import { checkIdentifier, checkNamespace } from "../valid-name.ts";
import { type RouteName, routes } from "./routes.ts";

/** How one catalog spells its paths. */
export interface PathStyle {
  /** Goes into the path as it came: some catalogs send it encoded, others do not decode it. */
  readonly prefix?: string;
  /** Between the levels of a namespace, already encoded for a URL. */
  readonly namespaceSeparator: string;
}

/** What the placeholders of a route stand for. */
export interface PathParameters {
  readonly namespace?: Namespace;
  readonly table?: TableIdentifier;
}

/** The path of a route. @throws IcebergError `INVALID_ARGUMENT` for a name that no path can carry */
export function pathOf(route: RouteName, style: PathStyle, parameters: PathParameters): string {
  const namespace = parameters.table?.namespace ?? parameters.namespace;
  return routes[route].path
    .replace("/{prefix}", () => (style.prefix ? `/${style.prefix.replaceAll(" ", "%20")}` : ""))
    .replace("{namespace}", () => encodedNamespace(namespace ?? [], style))
    .replace("{table}", () => encodedTable(parameters.table));
}

/** A namespace as a query parameter, before that is encoded. */
export function namespaceParameter(namespace: Namespace, style: PathStyle): string {
  return checkedLevels(namespace, style).join(decodeURIComponent(style.namespaceSeparator));
}

function encodedNamespace(namespace: Namespace, style: PathStyle): string {
  return checkedLevels(namespace, style).map(encodeURIComponent).join(style.namespaceSeparator);
}

function checkedLevels(namespace: Namespace, style: PathStyle): Namespace {
  const separator = decodeURIComponent(style.namespaceSeparator);
  const ambiguous = checkNamespace(namespace).find((level) => level.includes(separator));
  if (ambiguous === undefined) return namespace;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `namespace level ${JSON.stringify(ambiguous)} contains ${JSON.stringify(separator)}, which this catalog puts between levels`,
  );
}

function encodedTable(table: TableIdentifier | undefined): string {
  return table === undefined ? "" : encodeURIComponent(checkIdentifier(table).name);
}
