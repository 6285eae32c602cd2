/** When a JSON web token begins and ends to be good; undefined for a token that is none, or does not say. */
export function tokenTimes(token: string): { readonly notBefore?: Date; readonly expires?: Date } | undefined {
  const [, payload] = token.split(".");
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const time = (name: string) => (typeof claims[name] === "number" ? new Date(claims[name] * 1000) : undefined);
    const [notBefore, expires] = [time("nbf") ?? time("iat"), time("exp")];
    return { ...(notBefore && { notBefore }), ...(expires && { expires }) };
  } catch {
    return undefined;
  }
}
