// PostGraphile's own program in several processes that listen on one port: node postgraphile_workers.mjs PRESET
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";

const exec = fileURLToPath(new URL("node_modules/postgraphile/dist/cli-run.js", import.meta.url));
cluster.setupPrimary({ exec, args: ["--config", process.argv[2]] });
for (let worker = 0; worker < Number(process.env.WORKERS); worker++) cluster.fork();
cluster.on("exit", () => process.exit(1));
