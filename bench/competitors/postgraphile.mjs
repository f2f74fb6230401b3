// PostGraphile over the functions of the schema "bench", as lists without connections, in several processes on one port.
// This file is the program of the first process and the preset of the others.
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";

if (cluster.isPrimary) {
  const exec = fileURLToPath(new URL("node_modules/postgraphile/dist/cli-run.js", import.meta.url));
  cluster.setupPrimary({ exec, args: ["--config", fileURLToPath(import.meta.url)] });
  for (let worker = 0; worker < Number(process.env.WORKERS); worker++) cluster.fork();
  cluster.on("exit", () => process.exit(1));
}

// PostGraphile requires Node 22; this is the one function that Node 20 lacks.
Promise.withResolvers ??= function () {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

export default {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["bench"], poolSize: Number(process.env.POOL_SIZE) })],
  grafserv: { host: "127.0.0.1", port: Number(process.env.PORT), watch: false },
  schema: { defaultBehavior: "+list -connection" },
};
