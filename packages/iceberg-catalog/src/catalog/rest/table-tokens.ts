import type { StagedTable } from "../catalog.ts";
import type { TableIdentifier } from "../table-identifier.ts";
import { exchangeToken } from "./oauth2.ts";
import { type Renewed, renewed } from "./renewed.ts";
import type { OAuth2Session } from "./session.ts";
import { perishableToken } from "./token-request.ts";

/** Kinds of tokens that a catalog may give for a table, the ones to prefer first (RFC 8693, section 3). */
const tokenTypes = ["id_token", "access_token", "jwt", "saml2", "saml1"].map(
  (type) => `urn:ietf:params:oauth:token-type:${type}`,
);

/** Tables whose tokens are kept; others are asked of with the catalog's own. */
const maxTables = 1000;

/**
 * The tokens that came with tables, for requests about them: `token`, or one that is to be exchanged for such. A
 * `credential` is no such thing: the specification lets a table's config name tokens alone, and the reference
 * implementation takes no other either, so that no client secret is sent on the word of an answer.
 */
export class TableTokens {
  private readonly tokens = new Map<string, Renewed<string>>();
  private readonly session: OAuth2Session | undefined;
  private readonly now: () => number;

  constructor(session: OAuth2Session | undefined, now: () => number) {
    this.session = session;
    this.now = now;
  }

  /** Remembers what came with a table, or that nothing came. */
  remember(table: TableIdentifier, { config }: StagedTable): void {
    const key = keyOf(table);
    this.tokens.delete(key);
    const token = this.tokenOf(config);
    if (token === undefined) return;
    this.tokens.set(key, token);
    const [oldest] = this.tokens.keys();
    if (this.tokens.size > maxTables && oldest !== undefined) this.tokens.delete(oldest);
  }

  forget(table: TableIdentifier): void {
    this.tokens.delete(keyOf(table));
  }

  /** The token for requests about the table; undefined: that of the catalog. */
  async find(table: TableIdentifier): Promise<string | undefined> {
    return this.tokens.get(keyOf(table))?.current();
  }

  private tokenOf(config: StagedTable["config"]): Renewed<string> | undefined {
    const token = config["token"];
    if (token !== undefined)
      return renewed(async () => perishableToken(token), this.now, { value: token, expiresAtMs: undefined });
    const type = tokenTypes.find((name) => config[name] !== undefined);
    const { session } = this;
    if (type === undefined || session === undefined) return undefined;
    return renewed(async () => {
      const actor = await session.tokens.current();
      const subject = { token: config[type] ?? "", type };
      return exchangeToken(session.send, session.options, subject, { actor, authorization: `Bearer ${actor}` });
    }, this.now);
  }
}

function keyOf({ namespace, name }: TableIdentifier): string {
  return JSON.stringify([namespace, name]);
}
