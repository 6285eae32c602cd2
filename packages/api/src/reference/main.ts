import { mkdir, writeFile } from "node:fs/promises";
import { referenceFolder, referencePages } from "./reference-pages.ts";

await mkdir(referenceFolder, { recursive: true });
for (const [file, text] of Object.entries(await referencePages()))
  await writeFile(new URL(file, referenceFolder), text);
