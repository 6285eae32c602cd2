import { createHttpApp, serveHttp } from "@icecore/api";
import { openBench } from "./bench-repo.ts";

/** Serves until it is killed; prints where. */
const { folder, connectionString } = JSON.parse(process.argv[2] ?? "") as Record<string, string>;
const store = await openBench(folder ?? "", connectionString ?? "", "feast");
const { url } = await serveHttp(createHttpApp(store), { port: 0 });
console.log(url);
