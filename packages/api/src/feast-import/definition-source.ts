import { parse } from "@babel/parser";
import {
  type Definitions,
  type Feature,
  type FeatureView,
  formatDuration,
  type Projection,
} from "@icecore/feature-registry";

/** TypeScript that defines these definitions, as a person would write it. */
export function definitionSource(definitions: Definitions): string {
  const { entities, dataSources, featureViews, featureServices } = definitions;
  const uses = [
    ...(dataSources.length > 0 ? ["defineDataSource"] : []),
    "defineEntity",
    ...(featureServices.length > 0 ? ["defineFeatureService"] : []),
    "defineFeatureView",
    ...(featureServices.some(({ projections }) => projections.length > 0) ? ["project"] : []),
  ];
  const variables = variableNames(definitions, uses);
  const variable = (kind: string, name: string) => String(variables.get(`${kind}:${name}`));
  const blocks = [
    `import { ${uses.join(", ")} } from "@icecore/feature-registry";`,
    ...entities.map((entity) =>
      call(variable("entity", entity.name), "defineEntity", [
        ["name", text(entity.name)],
        ["joinKeys", members(entity.joinKeys.map(({ name, type }) => [name, text(type)]))],
        ...described(entity),
      ]),
    ),
    ...dataSources.map((source) =>
      call(variable("data_source", source.name), "defineDataSource", [
        ["name", text(source.name)],
        ["table", text(source.table)],
        ["fieldMapping", texts(source.fieldMapping)],
        ...described(source),
      ]),
    ),
    ...featureViews.map((view) =>
      call(variable("feature_view", view.name), "defineFeatureView", viewMembers(view, variable)),
    ),
    ...featureServices.map((service) =>
      call(variable("feature_service", service.name), "defineFeatureService", [
        ["name", text(service.name)],
        ["features", lines(service.projections.map((projection) => projectionText(projection, variable)))],
        ...described(service),
      ]),
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

type Member = readonly [name: string, value: string];
type Variable = (kind: string, name: string) => string;

function viewMembers(view: FeatureView, variable: Variable): readonly Member[] {
  const { entities, features, ttlSeconds, timestampField, createdTimestampColumn, online, source, pushSource } = view;
  return [
    ["name", text(view.name)],
    ["entities", `[${entities.map((name) => variable("entity", name)).join(", ")}]`],
    ["features", block(features.map(featureMember))],
    ...(ttlSeconds === undefined ? [] : ([["ttl", text(formatDuration(ttlSeconds))]] as const)),
    ...(timestampField === "event_timestamp" ? [] : ([["timestampField", text(timestampField)]] as const)),
    ...(createdTimestampColumn === "created"
      ? []
      : ([["createdTimestampColumn", text(createdTimestampColumn)]] as const)),
    ...(online ? [] : ([["online", "false"]] as const)),
    ...(source === undefined ? [] : ([["source", variable("data_source", source.name)]] as const)),
    ...(pushSource === undefined ? [] : ([["pushSource", text(pushSource)]] as const)),
    ...described(view),
  ];
}

function featureMember({ name, type, description }: Feature): Member {
  const value = description === undefined ? text(type) : `{ type: ${text(type)}, description: ${text(description)} }`;
  return [name, value];
}

function projectionText({ view, alias, features, joinKeyMap }: Projection, variable: Variable): string {
  const options: readonly Member[] = [
    ...(alias === undefined ? [] : ([["as", text(alias)]] as const)),
    ["features", `[${features.map(text).join(", ")}]`],
    ...(Object.keys(joinKeyMap).length === 0 ? [] : ([["joinKeyMap", texts(joinKeyMap)]] as const)),
  ];
  return `project(${variable("feature_view", view)}, ${members(options)})`;
}

interface Described {
  readonly owner: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

function described({ owner, description, tags }: Described): readonly Member[] {
  return [
    ["owner", text(owner)],
    ["description", text(description)],
    ...(Object.keys(tags).length === 0 ? [] : ([["tags", texts(tags)]] as const)),
  ];
}

function call(variable: string, callee: string, values: readonly Member[]): string {
  const body = values.map(([name, value]) => `  ${name}: ${value.replaceAll("\n", "\n  ")},\n`).join("");
  return `export const ${variable} = ${callee}({\n${body}});`;
}

const text = (value: string): string => JSON.stringify(value);

const isName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

const member = ([name, value]: Member): string => `${isName(name) ? name : text(name)}: ${value}`;

const members = (values: readonly Member[]): string => `{ ${values.map(member).join(", ")} }`;

const texts = (values: Readonly<Record<string, string>>): string =>
  members(Object.entries(values).map(([name, value]) => [name, text(value)]));

const block = (values: readonly Member[]): string => `{\n${values.map((each) => `  ${member(each)},\n`).join("")}}`;

const lines = (values: readonly string[]): string => `[\n${values.map((value) => `  ${value},\n`).join("")}]`;

/** Whether a module may have a variable of that name: digits do not begin one, and words of the language are none. */
function isVariable(name: string): boolean {
  try {
    parse(`const ${name} = 0;`, { sourceType: "module" });
    return true;
  } catch {
    return false;
  }
}

/** `driver_hourly_stats` is `driverHourlyStats`; what is taken gets the kind behind it. */
function variableNames(
  { entities, dataSources, featureViews, featureServices }: Definitions,
  imported: readonly string[],
): ReadonlyMap<string, string> {
  const taken = new Set(imported);
  const suffixes = {
    entity: "Entity",
    data_source: "Source",
    feature_view: "View",
    feature_service: "Service",
  } as const;
  return new Map(
    [...entities, ...dataSources, ...featureViews, ...featureServices].map(({ kind, name }) => {
      const camel = name.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase());
      let variable = isVariable(camel) ? camel : `_${camel}`;
      while (taken.has(variable)) variable += suffixes[kind];
      taken.add(variable);
      return [`${kind}:${name}`, variable] as const;
    }),
  );
}
