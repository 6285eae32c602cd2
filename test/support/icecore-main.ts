import { main } from "../../packages/api/src/cli/main.ts";

await main(process);
