import { type RouteName, routes } from "../../catalog/rest/routes.ts";

/** The route's path as Hono writes it. This catalog has no prefix. */
export function pathFor(name: RouteName): string {
  return routes[name].path.replace("/{prefix}", "").replaceAll(/\{(\w+)\}/g, ":$1");
}
