import { type Schema, typeToString } from "@icecore/iceberg-catalog";
import type { FeatureView } from "./definitions.ts";
import { didYouMean } from "./errors.ts";
import { viewColumns } from "./view-table.ts";

/**
 * What a data source's table, under the view's names, lacks of what the view reads: every column, of its type. A sentence
 * each.
 */
export function sourceProblems(view: FeatureView, table: Schema | undefined): readonly string[] {
  const problems = table === undefined ? ["is not in the catalog"] : columnProblems(view, table);
  return problems.map((what) => `table ${view.source?.table} of data source "${view.source?.name}" ${what}`);
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
