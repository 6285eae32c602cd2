import { type FeatureView, findFeatureView } from "@icecore/feature-registry";
import type { Table } from "@icecore/iceberg-catalog";
import { IcecoreError } from "../errors.ts";
import { requireRegistry, type StoreContext } from "./context.ts";

/** The table of a registered view: its own, or its data source's under the view's names. */
export async function loadViewTable(context: StoreContext, viewName: string): Promise<Table> {
  const { definitions } = await requireRegistry(context.project);
  return context.project.loadViewTable(findFeatureView(definitions, viewName));
}

/**
 * A registered view with the table that it owns, to change what is in it.
 * @throws IcecoreError `ARGUMENT_INVALID` for a view whose rows others write
 */
export async function loadOwnTable(
  context: StoreContext,
  viewName: string,
): Promise<{ readonly view: FeatureView; readonly table: Table }> {
  const { definitions } = await requireRegistry(context.project);
  const view = findFeatureView(definitions, viewName);
  refuseForeignTable(view);
  return { view, table: await context.project.loadTable(view.name) };
}

/** @throws IcecoreError `ARGUMENT_INVALID` for a view whose rows others write */
export function refuseForeignTable({ name, source }: FeatureView): void {
  if (source === undefined) return;
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `feature view "${name}" reads table ${source.table}, which belongs to others; write and maintain it where they do`,
  );
}
