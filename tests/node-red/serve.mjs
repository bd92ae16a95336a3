// Node-RED as a Receive Response address: flows.json, of its core nodes, on a port of the system's choice, which is printed.
// Usage: node serve.mjs FOLDER, where Node-RED may keep what it writes.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import RED from "node-red";

const userDir = process.argv[2];
fs.writeFileSync(path.join(userDir, "package.json"), "{}");
const server = http.createServer();
RED.init(server, {
  userDir,
  flowFile: path.join(import.meta.dirname, "flows.json"),
  readOnly: true,
  httpAdminRoot: false,
  httpNodeRoot: "/",
  credentialSecret: false,
  telemetry: { enabled: false },
  logging: { console: { level: "off" } },
});
server.on("request", RED.httpNode);
RED.events.once("flows:started", () => {
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
});
await RED.start();
