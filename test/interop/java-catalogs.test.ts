import { RestCatalog } from "@icecore/iceberg-catalog";
import { describeCatalog, type Peculiarity } from "../../packages/iceberg-catalog/src/catalog/catalog.suite.ts";
import { startIcebergRestServer } from "./support/iceberg-rest-server.ts";
import { startNessie } from "./support/nessie.ts";
import { startForeignS3 } from "./support/s3-server.ts";

type Peculiarities = Partial<Record<Peculiarity, string>>;

const implicitNamespaces = "its namespaces come to be with what is put into them";
const jettyRefuses = "its web server refuses paths that decode to another path";

const javaReference: Peculiarities = {
  "a.b": "it puts dots between levels",
  "a/b": jettyRefuses,
  "100%": jettyRefuses,
  "a%2Fb": jettyRefuses,
  "namespaces need parents": implicitNamespaces,
  "tables need a namespace": implicitNamespaces,
  "locations are used once": "a table's location follows from its name",
};

describeCatalog(
  "the REST server of the Java reference",
  async () => {
    const server = await startIcebergRestServer();
    const catalog = await RestCatalog.connect({ uri: server.uri });
    return { catalog, close: async () => server[Symbol.asyncDispose]() };
  },
  javaReference,
);

const nessie: Peculiarities = {
  "q?&#+": "it reads what follows # in a table's name as a time",
  "a namespace that is not there has no listing": "it lists what a namespace that is not there would hold: nothing",
  "purging deletes files": "its own garbage collection does, since other branches may have the table too",
  "metadata tells the history": "the log of its commits does",
  "commits that require nothing never conflict": "it commits to a table as it was when the request came",
};

describeCatalog(
  "Nessie",
  async () => {
    const s3 = await startForeignS3("warehouse");
    const server = await startNessie(s3);
    const catalog = await RestCatalog.connect({ uri: server.uri, properties: { "rest-page-size": "2" } });
    const close = async () => {
      await server[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
    };
    return { catalog, close };
  },
  nessie,
);
