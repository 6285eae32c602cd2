import { RegistryError } from "../errors.ts";

/** The code and message of the error that an action throws. */
export async function thrown(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RegistryError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}
