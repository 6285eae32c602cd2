import { and, greaterThanOrEqual, lessThan, localFileIO } from "@icecore/iceberg-catalog";
import { openContainer } from "../../../packages/iceberg-catalog/src/avro/container.ts";
import { manifestFiles } from "../../../packages/iceberg-catalog/src/manifest/read-manifest-list.ts";
import { openManifest } from "../../../packages/iceberg-catalog/src/manifest/open-manifest.ts";
import { entriesOf, manifestRows } from "../../../packages/iceberg-catalog/src/manifest/read-manifest.ts";
import { filePruner } from "../../../packages/iceberg-catalog/src/scan/file-pruner.ts";
import { bind } from "../../../packages/iceberg-catalog/src/expr/bind.ts";
import { firstDay, openCatalog } from "./bench-table.ts";
await using o = await openCatalog(".cache/bench/100000-files"); const t = await o.load();
const d=(n:number)=>BigInt(firstDay+n)*86_400_000_000n;
const filter = and(greaterThanOrEqual("event_timestamp", d(50)),lessThan("event_timestamp", d(51)),lessThan("entity_id", 10_000n));
let s=performance.now(); const lap=(n:string)=>{const e=performance.now(); console.log(n.padEnd(20),(e-s).toFixed(2)); s=performance.now();};
const io=localFileIO();
for (let k=0;k<3;k++) {
s=performance.now();
const p = filePruner(bind(filter, t.schema), t.metadata.partitionSpecs); lap("bind");
const lb = await io.read(t.currentSnapshot()!.manifestList); lap("read list");
const c = openContainer(lb); lap("open list");
const all=[...manifestFiles(c)]; lap("decode list");
const kept = all.filter((m)=>p.keepsManifest(m)); lap("prune list");
const mb = await io.read(kept[0]!.manifestPath); lap("read manifest");
const om = openManifest(mb); lap("open manifest");
const blocks=[...om.blocks]; lap("inflate+index");
const row = manifestRows({spec:t.metadata.partitionSpecs[0]!, schema:t.schema, statsOf:p.columns})(om.layout, kept[0]!); lap("compile rows");
let n=0; for (const b of blocks) n+=entriesOf(b,row,(e)=>p.keepsFile(e.dataFile)).length; lap("filter "+n);
console.log();
}
