import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve, type TestServer } from "../../testing/http-server.ts";
import { fetchSend } from "./fetch-send.ts";
import { type OAuth2Options, oauth2Tokens } from "./oauth2.ts";
import { RestCatalog } from "./rest-catalog.ts";

interface Asked {
  readonly authorization: string | null;
  readonly realm: string | null;
  readonly grant: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

const exchangeGrant = "token-exchange";
const accessToken = "urn:ietf:params:oauth:token-type:access_token";
const basic = `Basic ${Buffer.from("me:sec:ret").toString("base64")}`;
const jwt = (exp: number) => `h.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.s`;

let server: TestServer;
let asked: Asked[];
let answer: (grant: string | undefined) => Response;
let issued: number;
beforeEach(async () => {
  [asked, issued] = [[], 0];
  answer = () => Response.json({ access_token: `token-${++issued}`, token_type: "bearer", expires_in: 1000 });
  server = await serve(async (request) => {
    if (new URL(request.url).pathname.endsWith("/config")) return Response.json({});
    if (!request.url.endsWith("/tokens")) return Response.json({ namespaces: [] });
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    const grant = form["grant_type"]?.split(":").at(-1);
    const [authorization, realm] = ["authorization", "polaris-realm"].map((name) => request.headers.get(name));
    asked.push({ authorization: authorization ?? null, realm: realm ?? null, grant, form });
    return answer(grant);
  });
});
afterEach(() => server.close());

const grants = () => asked.splice(0).map(({ grant }) => grant);

function tokensAt(clock: { now: number }, options: Partial<OAuth2Options> = {}) {
  return oauth2Tokens(fetchSend(undefined, 60_000), {
    tokenUri: `${server.uri}/tokens`,
    credential: "me:sec:ret",
    scope: "catalog",
    exchanges: true,
    now: () => clock.now,
    ...options,
  });
}

describe("a token that is about to expire", () => {
  test("is exchanged for the next one, and proves itself who asks", async () => {
    const clock = { now: 0 };
    const tokens = tokensAt(clock);
    expect(await tokens.current()).toBe("token-1");
    clock.now = 900_000;
    expect(await tokens.current()).toBe("token-2");
    expect(asked[1]).toMatchObject({
      grant: exchangeGrant,
      authorization: "Bearer token-1",
      form: { subject_token: "token-1", subject_token_type: accessToken, scope: "catalog" },
    });
  });

  test("proves nothing once it has expired: the credential does", async () => {
    const clock = { now: 0 };
    const tokens = tokensAt(clock);
    await tokens.current();
    clock.now = 1_000_000;
    expect(await tokens.current()).toBe("token-2");
    expect(asked[1]).toMatchObject({ grant: exchangeGrant, authorization: basic });
  });

  test("gives way to one for the credential where there is no exchange", async () => {
    const clock = { now: 0 };
    const tokens = tokensAt(clock);
    await tokens.current();
    const issue = answer;
    answer = (grant) =>
      grant === exchangeGrant ? Response.json({ error: "unsupported_grant_type" }, { status: 400 }) : issue(grant);
    clock.now = 900_000;
    expect(await tokens.current()).toBe("token-2");
    expect(grants()).toEqual(["client_credentials", exchangeGrant, "client_credentials"]);
  });

  test("is not exchanged where that is switched off, nor when it was rejected", async () => {
    const clock = { now: 0 };
    const switchedOff = tokensAt(clock, { exchanges: false });
    await switchedOff.current();
    clock.now = 900_000;
    await switchedOff.current();
    const tokens = tokensAt(clock);
    expect(await tokens.renew(await tokens.current())).toBe("token-4");
    expect(grants()).toEqual(["client_credentials", "client_credentials", "client_credentials", "client_credentials"]);
  });

  test("is used on while renewing fails, which is tried again half way to its end", async () => {
    const clock = { now: 0 };
    const tokens = tokensAt(clock, { exchanges: false });
    await tokens.current();
    const issue = answer;
    answer = () => new Response("", { status: 400 });
    clock.now = 900_000;
    expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(["token-1", "token-1"]);
    expect(asked, "one request for all who wait").toHaveLength(2);
    clock.now = 949_999;
    expect(await tokens.current()).toBe("token-1");
    expect(asked).toHaveLength(2);
    clock.now = 950_000;
    expect(await tokens.current()).toBe("token-1");
    expect(asked).toHaveLength(3);
    clock.now = 1_000_000;
    await expect(tokens.current()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
    answer = issue;
    expect(await tokens.current()).toBe("token-2");
  });
});

describe("a token without a credential", () => {
  test("is exchanged before it expires, and no more after that", async () => {
    const clock = { now: 0 };
    const tokens = oauth2Tokens(fetchSend(undefined, 60_000), {
      tokenUri: `${server.uri}/tokens`,
      token: jwt(1000),
      scope: "catalog",
      exchanges: true,
      now: () => clock.now,
    });
    expect(await tokens.current()).toBe(jwt(1000));
    expect(await tokens.renew(jwt(1000)), "there is no other").toBeUndefined();
    clock.now = 900_000;
    expect(await tokens.current()).toBe("token-1");
    expect(asked[0]).toMatchObject({ authorization: `Bearer ${jwt(1000)}` });
    answer = () => Response.json({ error: "invalid_grant" }, { status: 401 });
    clock.now = 1_900_000;
    await expect(tokens.current()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
  });

  test("goes to no other host than the catalog's", async () => {
    const foreign = await serve(async () => Response.json({ access_token: "stolen", token_type: "bearer" }));
    const asksElsewhere = { uri: server.uri, token: jwt(1), oauth2ServerUri: `${foreign.uri}/tokens` };
    await expect(RestCatalog.connect(asksElsewhere)).rejects.toMatchObject({
      code: "AUTHENTICATION_FAILED",
      message: expect.stringContaining("connect with a new one"),
    });
    await foreign.close();
  });
});

describe("what the token endpoint is told", () => {
  test("are the catalog's headers where it is the catalog's own, and audience and resource", async () => {
    const properties = { audience: "a", resource: "r" };
    const headers = { "Polaris-Realm": "realm" };
    const own = { uri: server.uri, credential: "me:secret", headers, properties, oauth2ServerUri: "tokens" };
    await (await RestCatalog.connect(own)).listNamespaces();
    expect(asked[0]).toMatchObject({ realm: "realm", form: { audience: "a", resource: "r" } });
    const elsewhere = await serve(async () => Response.json({ namespaces: [] }));
    const foreign = { ...own, uri: elsewhere.uri, oauth2ServerUri: `${server.uri}/tokens` };
    await (await RestCatalog.connect(foreign)).listNamespaces();
    expect(asked[1]?.realm).toBeNull();
    await elsewhere.close();
  });

  test("may be the wrong scope, which says how to mend it", async () => {
    answer = () => Response.json({ error: "invalid_scope", error_description: "no" }, { status: 400 });
    const connecting = RestCatalog.connect({ uri: server.uri, credential: "me:secret", oauth2ServerUri: "tokens" });
    await expect(connecting).rejects.toMatchObject({ message: expect.stringContaining("PRINCIPAL_ROLE:ALL") });
  });
});
