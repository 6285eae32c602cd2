import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { openEmbeddedCatalog } from "@icecore/iceberg-catalog/server";

export interface ServedCatalog extends AsyncDisposable {
  readonly uri: string;
}

/** The embedded catalog over HTTP, which refuses every ref of a table but `main` in Nessie's words. */
export async function serveCatalogWithoutTags(path: string): Promise<ServedCatalog> {
  const embedded = await openEmbeddedCatalog({ path });
  const answer = async (request: Request): Promise<Response> => {
    const body = request.method === "POST" ? await request.text() : "";
    const ref = /"ref(?:-name)?":"((?!main")[^"]*)"/.exec(body)?.[1];
    if (ref === undefined)
      return embedded.fetch(new Request(request.url, { ...rest(request), ...(body !== "" && { body }) }));
    const message = `Requirement failed: ref must be 'main', but is '${ref}'`;
    return Response.json({ error: { message, type: "CommitFailedException", code: 409 } }, { status: 409 });
  };
  const server = createAdaptorServer({ fetch: answer });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
      await embedded.close();
    },
  };
}

const rest = ({ method, headers }: Request) => ({ method, headers: new Headers(headers) });
