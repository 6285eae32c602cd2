import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serve, type TestServer } from "../../testing/http-server.ts";
import { fetchSend } from "./fetch-send.ts";
import { oauth2Tokens } from "./oauth2.ts";
import { RestCatalog } from "./rest-catalog.ts";

/** A catalog that takes only the token that was issued last, and issues `token-1`, `token-2`, ... */
interface FakeCatalog {
  readonly server: TestServer;
  readonly forms: URLSearchParams[];
  issued: number;
  isDown: boolean;
  expiry: Record<string, unknown>;
  rejection: number;
}

let fake: FakeCatalog;

beforeEach(async () => {
  fake = {
    server: await serve((request) => answer(request)),
    forms: [],
    issued: 0,
    isDown: false,
    expiry: { expires_in: 3600 },
    rejection: 401,
  };
});
afterEach(() => fake.server.close());

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/oauth/tokens")) {
    if (fake.isDown) return Response.json({ error: "invalid_scope", error_description: "no" }, { status: 400 });
    fake.forms.push(new URLSearchParams(await request.text()));
    return Response.json({ access_token: `token-${++fake.issued}`, token_type: "bearer", ...fake.expiry });
  }
  if (request.headers.get("authorization") !== `Bearer token-${fake.issued}`) {
    return Response.json(
      { error: { message: "expired", type: "NotAuthorizedException", code: 401 } },
      { status: fake.rejection },
    );
  }
  return Response.json(pathname.endsWith("/config") ? {} : { namespaces: [] });
}

const connect = (options = {}) => RestCatalog.connect({ uri: fake.server.uri, credential: "me:sec:ret", ...options });

describe("client credentials", () => {
  test("are exchanged once for a token that all requests share", async () => {
    const catalog = await connect({ scope: "PRINCIPAL_ROLE:ALL" });
    await Promise.all([catalog.listNamespaces(), catalog.listNamespaces()]);
    expect(fake.forms.map((form) => Object.fromEntries(form))).toEqual([
      { grant_type: "client_credentials", client_id: "me", client_secret: "sec:ret", scope: "PRINCIPAL_ROLE:ALL" },
    ]);
  });

  test("may be a secret alone, for another token server", async () => {
    const catalog = await connect({
      credential: "secret",
      oauth2ServerUri: `${fake.server.uri}/elsewhere/oauth/tokens`,
    });
    expect(await catalog.listNamespaces()).toEqual([]);
    expect(fake.forms[0]?.has("client_id")).toBe(false);
    expect(fake.forms[0]?.get("scope")).toBe("catalog");
  });

  test.each([401, 419])("give a new token when the catalog answers %i, once for all who wait", async (status) => {
    fake.rejection = status;
    const catalog = await connect();
    fake.issued = 7;
    const lists = await Promise.all([1, 2, 3, 4].map(() => catalog.listNamespaces()));
    expect(lists).toEqual([[], [], [], []]);
    expect(fake.forms).toHaveLength(2);
  });

  test("that are refused fail as OAuth says, and are tried again by the next request", async () => {
    const catalog = await connect();
    fake.issued = 7;
    fake.isDown = true;
    await expect(catalog.listNamespaces()).rejects.toMatchObject({
      code: "AUTHENTICATION_FAILED",
      message: expect.stringContaining("invalid_scope: no"),
    });
    fake.isDown = false;
    expect(await catalog.listNamespaces()).toEqual([]);
  });
});

describe("tokens", () => {
  const source = (now: () => number) =>
    oauth2Tokens(fetchSend(undefined, 60_000), {
      tokenUri: `${fake.server.uri}/oauth/tokens`,
      credential: "a:b",
      scope: "catalog",
      exchanges: false,
      now,
    });

  test("are renewed a tenth of their life before they expire, at most five minutes", async () => {
    let now = 0;
    const tokens = source(() => now);
    fake.expiry = { expires_in: 1000 };
    expect(await tokens.current()).toBe("token-1");
    now = 899_999;
    expect(await tokens.current()).toBe("token-1");
    fake.expiry = { expires_in: 36_000 };
    now = 900_000;
    expect(await tokens.current()).toBe("token-2");
    now += 35_700_000 - 1;
    expect(await tokens.current()).toBe("token-2");
    now += 1;
    expect(await tokens.current()).toBe("token-3");
  });

  test("that do not say when they expire are used until they are rejected", async () => {
    let now = 0;
    fake.expiry = {};
    const tokens = source(() => now);
    expect(await tokens.current()).toBe("token-1");
    now = 1e12;
    expect(await tokens.current()).toBe("token-1");
    expect(await tokens.renew("token-1")).toBe("token-2");
    expect(await tokens.renew("token-1"), "somebody renewed it already").toBe("token-2");
  });

  test("that are JSON web tokens say it themselves", async () => {
    let now = 0;
    const claims = Buffer.from(JSON.stringify({ exp: 100 })).toString("base64url");
    const server = await serve(async () =>
      Response.json({ access_token: `h.${claims}.s${now}`, token_type: "bearer" }),
    );
    const tokens = oauth2Tokens(fetchSend(undefined, 60_000), {
      tokenUri: server.uri,
      credential: "a:b",
      scope: "catalog",
      exchanges: false,
      now: () => now,
    });
    const first = await tokens.current();
    now = 89_999;
    expect(await tokens.current()).toBe(first);
    now = 90_000;
    expect(await tokens.current()).not.toBe(first);
    await server.close();
  });
});
