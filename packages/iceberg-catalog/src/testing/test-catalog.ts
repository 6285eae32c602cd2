import type { Catalog, LoadedTable, TableCommit } from "../catalog/catalog.ts";
import { identifierToString } from "../catalog/table-identifier.ts";
import { IcebergError } from "../errors.ts";
import { applyUpdates } from "../spec/apply-update.ts";
import { checkRequirements } from "../spec/check-requirements.ts";
import { newTableMetadata } from "../spec/table-metadata-new.ts";
import type { TestEnvironment } from "./test-environment.ts";

/** What happens to a commit: called in place of it, with the means to carry it out. */
export type CommitFault = (land: () => LoadedTable, commit: TableCommit) => LoadedTable;

/** The tables of one process, with faults on demand: each fault meets one commit. */
export class TestCatalog {
  readonly #tables = new Map<string, LoadedTable>();
  readonly #environment: TestEnvironment;
  readonly faults: CommitFault[] = [];
  readonly commits: TableCommit[] = [];
  unreachable = false;

  constructor(environment: TestEnvironment) {
    this.#environment = environment;
  }

  /** The operations that tables use. */
  get catalog(): Catalog {
    const operations: Pick<Catalog, "createTable" | "loadTable" | "updateTable"> = {
      createTable: async (identifier, request) => {
        const location = request.location ?? `memory://${identifierToString(identifier)}`;
        const metadata = newTableMetadata({ ...request, location }, this.#environment.uuid(), this.#environment.now());
        return this.#put(identifierToString(identifier), metadata);
      },
      loadTable: async (identifier) => {
        if (this.unreachable) throw new IcebergError("SERVICE_UNAVAILABLE", "the catalog is down");
        return this.#get(identifierToString(identifier));
      },
      updateTable: async (identifier, commit) => {
        this.commits.push(commit);
        const land = (): LoadedTable => this.#land(identifierToString(identifier), commit);
        const fault = this.faults.shift();
        return fault === undefined ? land() : fault(land, commit);
      },
    };
    return operations as Catalog;
  }

  #land(name: string, { requirements, updates }: TableCommit): LoadedTable {
    const { metadata, metadataLocation } = this.#get(name);
    checkRequirements(metadata, requirements);
    const context = { now: this.#environment.now(), previousMetadataLocation: metadataLocation };
    return this.#put(name, applyUpdates(metadata, updates, context));
  }

  #get(name: string): LoadedTable {
    const loaded = this.#tables.get(name);
    if (loaded === undefined) throw new IcebergError("TABLE_NOT_FOUND", `no table ${name}`);
    return loaded;
  }

  #put(name: string, metadata: LoadedTable["metadata"]): LoadedTable {
    const loaded = { metadata, metadataLocation: `memory://${this.#environment.uuid()}.metadata.json`, config: {} };
    this.#tables.set(name, loaded);
    return loaded;
  }
}
