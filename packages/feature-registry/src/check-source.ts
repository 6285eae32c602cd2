import { type Schema, typeToString } from "@icecore/iceberg-catalog";
import type { FeatureView } from "./definitions.ts";
import { didYouMean, RegistryError } from "./errors.ts";
import { viewColumns } from "./view-table.ts";

/**
 * Whether a data source's table, under the view's names, has what the view reads: every column, of its type.
 * @throws RegistryError `CHANGE_REFUSED` with all that is missing or different
 */
export function checkSource(view: FeatureView, table: Schema | undefined): void {
  const problems = table === undefined ? ["is not in the catalog"] : columnProblems(view, table);
  if (problems.length === 0) return;
  const source = `table ${view.source?.table} of data source "${view.source?.name}"`;
  throw new RegistryError(
    "CHANGE_REFUSED",
    problems.map((what) => `feature view "${view.name}": ${source} ${what}`).join("\n"),
  );
}

function columnProblems(view: FeatureView, { fields }: Schema): readonly string[] {
  const twice = fields.filter(({ name }, index) => fields.findIndex((field) => field.name === name) < index);
  const doubled = twice.map(
    ({ name }) => `has a column "${name}" beside the one mapped to it; map that one to another name`,
  );
  const unfit = viewColumns(view).flatMap(({ name, type }) => {
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      const names = fields.map((candidate) => candidate.name);
      return [`has no column "${name}"${didYouMean(name, names)}; map one to it with fieldMapping`];
    }
    const [is, wanted] = [typeToString(field.type), typeToString(type)];
    return is === wanted ? [] : [`has "${name}" as ${is}, which the view calls ${wanted}`];
  });
  return [...doubled, ...unfit];
}
