import type { FeatureStoreConfig } from "../../config/config.ts";
import type { Principal } from "./principal.ts";
import { grantTo, type TokenGrant } from "./tokens.ts";

/** The grants of a configuration. */
export function configuredGrants({ feature_server: server }: FeatureStoreConfig): readonly TokenGrant[] {
  return (server?.tokens ?? []).map(({ name, role, views, token, token_sha256: sha256 }) => {
    const principal: Principal = { name, role, ...(views !== undefined && { views: new Set(views) }) };
    return sha256 === undefined ? grantTo(token ?? "", principal) : { sha256: Buffer.from(sha256, "hex"), principal };
  });
}
