// PostGraphile with the functions of the schema "bench", as lists without connections.
// It asks for Node 22; what of that it needs here, Node 20 is given.
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";

Promise.withResolvers ??= function () {
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

export default {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["bench"], poolSize: Number(process.env.POOL_SIZE) })],
  grafserv: { host: "127.0.0.1", port: Number(process.env.PORT), watch: false },
  schema: { defaultBehavior: "+list -connection" },
};
