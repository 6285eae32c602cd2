import { randomUUID } from "node:crypto";
import {
  type Definitions,
  loadRegistry,
  ProjectCatalog,
  planApply,
  registryTableName,
} from "@icecore/feature-registry";
import { type Catalog, fieldId, RestCatalog, schemaId, stageTable, type Table } from "@icecore/iceberg-catalog";
import { plural } from "../cli/format.ts";
import type { FeatureStoreConfig } from "../config/config.ts";
import { type Environment, loadConfig } from "../config/load-config.ts";
import { loadDefinitions } from "../definitions/load-definitions.ts";
import { isKnownError, messageOf } from "../errors.ts";
import { type OpenedCatalog, openCatalog } from "../store/open-catalog.ts";
import { checkRestCatalog, explainCatalogFailure, reachCatalog } from "./check-catalog.ts";
import { checkOnlineStore } from "./check-online-store.ts";
import { checkRuntime } from "./check-runtime.ts";
import { checkStorage } from "./check-storage.ts";
import { type Finding, failed, ok, skipped, warning } from "./finding.ts";

export interface ExamineOptions {
  readonly repo: string;
  readonly environment: Environment;
  readonly now: Date;
}

/**
 * Looks at all that a repository needs, one part after the other, and goes on where one fails: what is reachable, which
 * versions there are, what is misconfigured, and how to mend it.
 */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const runtime = await checkRuntime();
  const config = await loadConfig(options.repo, options.environment).catch((error: unknown) => error);
  if (config instanceof Error || config === undefined) return [...runtime, brokenBy("configuration", config)];
  const settings = config as FeatureStoreConfig;
  const loaded = loadDefinitions(options.repo);
  return [
    ...runtime,
    ok("configuration", `project ${settings.project}`),
    ...(await guarded("definitions", () => checkDefinitions(loaded))),
    ...(await checkCatalog(settings, options, loaded)),
    ...(await guarded("online store", () => checkOnlineStore(options.repo, settings))),
  ];
}

async function checkDefinitions(loaded: Promise<Definitions>): Promise<readonly Finding[]> {
  const { entities, featureViews, featureServices } = await loaded;
  const counts = [
    plural(entities.length, "entity", "entities"),
    plural(featureViews.length, "feature view"),
    plural(featureServices.length, "feature service"),
  ].join(", ");
  return [
    featureViews.length === 0
      ? warning("definitions", "no feature view is exported", "export one from a .ts file beside feature_store.yaml")
      : ok("definitions", counts),
  ];
}

async function checkCatalog(
  config: FeatureStoreConfig,
  options: ExamineOptions,
  loaded: Promise<Definitions>,
): Promise<readonly Finding[]> {
  const settings = config.offline_store.catalog;
  const reached = settings.type === "rest" ? await reachCatalog(settings, options.now) : [];
  if (reached.some(({ status }) => status === "failed")) return [...reached, ...unseen];
  let opened: OpenedCatalog;
  try {
    opened = await openCatalog(options.repo, config);
  } catch (error) {
    const found =
      settings.type === "rest" ? explainCatalogFailure(settings, error, options.now) : brokenBy("catalog", error);
    return [...reached, found, ...unseen];
  }
  try {
    const namespace = (config.registry?.namespace ?? config.project).split(".");
    const project = new ProjectCatalog(opened.catalog, opened.io, namespace);
    return [
      ...reached,
      ...(await guarded("catalog", () => checkOpenCatalog(opened.catalog, config, namespace))),
      ...(await guarded("storage", async () => [await checkTableStorage(project)])),
      ...(await guarded("registry", () => checkRegistry(project, loaded))),
    ];
  } finally {
    await opened.close();
  }
}

const unseen = ["storage", "registry"].map((part) => skipped(part, "not looked at: the catalog cannot be opened"));

async function checkOpenCatalog(
  catalog: Catalog,
  config: FeatureStoreConfig,
  namespace: readonly string[],
): Promise<readonly Finding[]> {
  const settings = config.offline_store.catalog;
  if (settings.type === "embedded") return [ok("catalog", `embedded catalog in ${settings.path}`)];
  return catalog instanceof RestCatalog ? checkRestCatalog(catalog, settings, namespace) : [];
}

/** Where the registry's table is; before the first apply, where a table would be. */
async function checkTableStorage(project: ProjectCatalog): Promise<Finding> {
  const table = (await project.findTable(registryTableName)) ?? (await stagedTable(project));
  return table === undefined
    ? skipped(
        "storage",
        "not looked at: without a namespace, the catalog does not say where tables go; run icecore apply",
      )
    : checkStorage(table.io, table.metadata.location);
}

/** A table that is never created: the catalog gives it a location, and credentials for that. */
async function stagedTable({ catalog, io, namespace: own }: ProjectCatalog): Promise<Table | undefined> {
  const [namespace] = (await catalog.namespaceExists(own)) ? [own] : await catalog.listNamespaces();
  if (namespace === undefined) return undefined;
  const identifier = { namespace, name: `icecore_doctor_${randomUUID().replaceAll("-", "_")}` };
  const field = { id: fieldId(1), name: "x", required: false, type: { kind: "int" } } as const;
  return stageTable(
    catalog,
    identifier,
    { schema: { schemaId: schemaId(0), fields: [field], identifierFieldIds: [] } },
    io,
  );
}

async function checkRegistry(project: ProjectCatalog, loaded: Promise<Definitions>): Promise<readonly Finding[]> {
  const { version } = await loadRegistry(project);
  if (version === 0) return [warning("registry", "nothing was applied yet", "run icecore apply")];
  const definitions = await loaded.catch(() => undefined);
  if (definitions === undefined) return [ok("registry", `version ${version}`)];
  const { changes, drift } = await planApply(project, definitions);
  const found = [ok("registry", `version ${version}`)];
  if (changes.length > 0) {
    found.push(
      warning(
        "registry",
        `${plural(changes.length, "definition")} ${changes.length === 1 ? "differs" : "differ"} from what was applied`,
        "run icecore plan",
      ),
    );
  }
  if (drift.length > 0) {
    found.push(
      warning("registry", `others have changed tables in ${plural(drift.length, "place")}`, "run icecore plan"),
    );
  }
  return found;
}

async function guarded(part: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [brokenBy(part, error)];
  }
}

/** The messages of our own errors have the mend in them. */
function brokenBy(part: string, error: unknown): Finding {
  return failed(part, messageOf(error), isKnownError(error) ? undefined : "an unforeseen failure; please report it");
}
