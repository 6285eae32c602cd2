import { expect, test } from "vitest";
import type { HttpRequest } from "./http.ts";
import { RestCatalog } from "./rest-catalog.ts";

test("requests are authenticated by a function, which sees what is sent and is asked again when it is rejected", async () => {
  const seen: HttpRequest[] = [];
  let isRejected = false;
  const signatures: (string | null)[] = [];
  const catalog = await RestCatalog.connect({
    uri: "http://c",
    authorize: async (request) => {
      seen.push(request);
      return { authorization: `Signature ${seen.length}` };
    },
    fetch: async (request) => {
      signatures.push(request.headers.get("authorization"));
      const status = isRejected ? 419 : 200;
      isRejected = false;
      return Response.json({ namespaces: [] }, { status });
    },
  });
  isRejected = true;
  await catalog.createNamespace(["n"], { a: "b" });
  expect(signatures).toEqual(["Signature 1", "Signature 2", "Signature 3"]);
  expect(seen[1]).toMatchObject({
    method: "POST",
    url: "http://c/v1/namespaces",
    body: '{"namespace":["n"],"properties":{"a":"b"}}',
  });
});
