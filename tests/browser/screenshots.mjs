// Pictures of the console's pages for the documents, from a service that `smi demo --stay` keeps, and from one with a message that nobody
// takes.
// usage: node screenshots.mjs DUIS-URL SIGN-IN-LINK FOLDER OTHER-URL. The link is good once; the other service has SMI_MANAGE_TOKEN.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { WIDTH, picture as pictureIn } from "./picture.mjs";

const [duis, link, folder, other] = process.argv.slice(2);
const { origin } = new URL(link);
const picture = (page, { name }) => pictureIn(page, folder, name);

const METER = "00-DB-12-34-56-78-90-A0";
// The ninth decision of the story is the first after the change of Supplier: the losing one is refused.
const PAGES = [
  { name: "overview", path: "/" },
  { name: "overview-dark", path: "/", scheme: "dark" },
  { name: "search", path: "/search?q=1234567890" },
  { name: "device", path: `/devices/${METER}` },
  { name: "device-dark", path: `/devices/${METER}`, scheme: "dark" },
  { name: "decisions", path: "/decisions" },
  { name: "decision", find: "/decisions?outcome=refused&service=8.4", follow: "main table a[href^='/decisions/']" },
  { name: "mpxn", path: "/mpxns/1012345678901" },
  { name: "refusals", path: "/refusals" },
  { name: "refusal", path: "/refusals/2" },
  { name: "coverage", path: "/coverage?post_code=ZZ1+1AB" },
  { name: "what-if", path: "/what-if" },
  { name: "rulebook", path: "/rulebook?service=8.4" },
  { name: "users", path: "/users" },
  { name: "outbox", path: "/outbox" },
  { name: "import-faults", path: "/import", then: (page) => check(page, "meters.csv", METERS.replaceAll("ESME", "TOASTER")) },
  { name: "import-check", path: "/import", then: (page) => check(page, "meters.csv", METERS) },
  { name: "import", path: "/import", before: (page) => clickOn(page, "Import") },
  { name: "jobs", path: "/jobs" },
  { name: "test-bench", path: "/test-bench" },
  { name: "faults", path: "/faults", before: addFaults },
  { name: "journal", path: "/journal?kind=request" },
  { name: "audit", path: "/audit" },
];

// A file of an operator: two new meters.
const METERS = `device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,esme_variant
00-DB-12-34-56-78-90-B1,ESME,Pending,AB01,010A030C,SMETS2 V5.1,00020130,A
00-DB-12-34-56-78-90-B2,ESME,Pending,AB01,010A030C,SMETS2 V5.1,00020130,AD
`;

// Two faults of an operator.
async function addFaults(page) {
  for (const fields of [{ id: "busy", value: "503", retry_after: "2", variant: "8.4", percent: "20" }, { id: "lost", times: "1" }]) {
    await page.goto(`${origin}/faults`);
    await page.selectOption("#do", fields.value ? "status" : "drop_after");
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
    await clickOn(page, "Add");
  }
}

async function clickOn(page, text) {
  await Promise.all([page.waitForNavigation(), page.click(`button:text-is('${text}')`)]);
}

async function check(page, name, csv) {
  await page.setInputFiles("#file", { name, mimeType: "text/csv", buffer: Buffer.from(csv) });
  await clickOn(page, "Check the file");
}

// What somebody sends who connects a client: no XML, and XML that is no Service Request.
async function sendWrongMessages() {
  for (const body of ["hello", '<?xml version="1.0"?>\n<Request xmlns="urn:not-duis">\n  <Header/>\n</Request>']) {
    await fetch(`${duis}/api/v1/serviceD`, { method: "POST", headers: { "content-type": "application/xml" }, body });
  }
}

mkdirSync(folder, { recursive: true });
await sendWrongMessages();
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 600 } });
  const page = await context.newPage();
  await page.goto(link);
  let whole = 0;
  for (const shown of PAGES) {
    await shown.before?.(page);
    await page.emulateMedia({ colorScheme: shown.scheme ?? "light" });
    await page.setViewportSize({ width: WIDTH, height: 600 });
    const reply = await page.goto(origin + (shown.path ?? shown.find));
    if (reply.status() !== 200) throw new Error(`${shown.name}: status ${reply.status()}`);
    if (shown.follow !== undefined) await Promise.all([page.waitForNavigation(), page.click(shown.follow)]);
    await shown.then?.(page);
    const bytes = await picture(page, shown);
    whole += bytes;
    console.log(`${shown.name}.webp ${bytes}`);
  }
  await page.setViewportSize({ width: WIDTH, height: 600 });
  await page.goto(`${other}/sign-in?to=/outbox/1`);
  await page.fill("#name", "Olga");
  await page.fill("#token", process.env.SMI_MANAGE_TOKEN);
  await clickOn(page, "Sign in");
  await page.fill("#reason", "This Supplier has left, and nobody takes its messages any more.");
  await clickOn(page, "Give up");
  whole += await picture(page, { name: "given-up" });
  console.log(`together ${whole}`);
} finally {
  await browser.close();
}
