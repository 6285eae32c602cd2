/** What an action throws, as `CODE: message`, with `hide` replaced; fails when it throws nothing. */
export async function thrown(
  action: () => Promise<unknown>,
  hide: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? `${String(error.code)}: ` : "";
    const text = `${code}${error.message}`;
    return Object.entries(hide).reduce((hidden, [secret, word]) => hidden.replaceAll(secret, word), text);
  }
  throw new Error("nothing was thrown");
}
