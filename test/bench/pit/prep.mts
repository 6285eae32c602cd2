import { benchViews } from "/work/wt/retrieval/test/bench/pit/bench-views.ts";
import { sizes } from "/work/wt/retrieval/test/bench/pit/sizes.ts";
for (const s of sizes) { const t=Date.now(); console.log(await benchViews(s), (Date.now()-t)/1000); }
