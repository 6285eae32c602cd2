import { afterEach, beforeEach, expect, test } from "vitest";
import { serve, type TestServer } from "../../testing/http-server.ts";
import { RestCatalog } from "./rest-catalog.ts";

/** What two servers on different ports, and so of different origins, were asked. */
let here: TestServer;
let elsewhere: TestServer;
let seen: Request[];
let target: string;

beforeEach(async () => {
  seen = [];
  here = await serve(async (request) => {
    seen.push(request);
    const { pathname } = new URL(request.url);
    return pathname.startsWith("/moved/") ? Response.json({}) : Response.redirect(target, 307);
  });
  elsewhere = await serve(async (request) => {
    seen.push(request);
    const { pathname } = new URL(request.url);
    return pathname === "/back" ? Response.redirect(`${here.uri}/moved/v1/config`, 302) : Response.json({});
  });
});
afterEach(() => Promise.all([here.close(), elsewhere.close()]));

const connect = () => RestCatalog.connect({ uri: here.uri, token: "secret", headers: { "Polaris-Realm": "r" } });
const said = (request: Request | undefined) =>
  ["authorization", "polaris-realm"].map((name) => request?.headers.get(name));

test("to its own origin a request goes with all its headers", async () => {
  target = `${here.uri}/moved/v1/config`;
  await connect();
  expect(seen.map(({ url }) => url)).toEqual([`${here.uri}/v1/config`, target]);
  expect(seen.map(said)).toEqual([
    ["Bearer secret", "r"],
    ["Bearer secret", "r"],
  ]);
});

test("to another origin a request goes without what is meant for the catalog, and has not got it back when it returns", async () => {
  target = `${elsewhere.uri}/back`;
  await connect();
  expect(seen.map(said)).toEqual([
    ["Bearer secret", "r"],
    [null, null],
    [null, null],
  ]);
});

test.each(["file:///etc/passwd", "http://", "data:application/json,{}"])("to %s no request goes", async (location) => {
  const catalog = RestCatalog.connect({
    uri: "http://c",
    fetch: async () => new Response(null, { status: 302, headers: { location } }),
  });
  await expect(catalog).rejects.toMatchObject({ message: expect.stringContaining("(302)") });
});
