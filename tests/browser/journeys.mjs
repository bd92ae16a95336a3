// Ways that people go through the console. Each throws where it does not lead on.
import { strict as assert } from "node:assert";

// The ESME that the fixtures' Supplier is responsible for.
const METER = "00-DB-12-34-56-78-90-A0";
const MOST_TABS = 80;

// Presses Tab until the element has the focus, which must show.
async function tabTo(page, selector) {
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press("Tab");
    const [isThere, shows, name] = await page.evaluate((wanted) => {
      const here = document.activeElement;
      // Behind the last element the focus is the browser's own, and then begins anew.
      if (here === document.body) return [false, true, ""];
      const style = getComputedStyle(here);
      const shows = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
      return [here.matches(wanted), shows, here.outerHTML.slice(0, 120)];
    }, selector);
    assert(shows, `the focus does not show on ${name}`);
    if (isThere) return;
  }
  assert.fail(`${MOST_TABS} tabs do not reach ${selector} on ${page.url()}`);
}

async function enter(page, selector) {
  await tabTo(page, selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

async function keyboardAlone({ browser, base, operator }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${base}/decisions`);
  await tabTo(page, "#name");
  await page.keyboard.type(operator.name);
  await tabTo(page, "#token");
  await page.keyboard.type(operator.token);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(new URL(page.url()).pathname, "/decisions", "signing in leads to the page that was asked for");
  await enter(page, "main table a[href^='/decisions/']");
  assert.match(await page.title(), /Decision/);
  await tabTo(page, "#search");
  await page.keyboard.type(METER);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(new URL(page.url()).pathname, `/devices/${METER}`);
  await enter(page, "form[action='/sign-out'] button");
  await page.goto(`${base}/decisions`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.close();
}

async function withoutScripts({ base, reader, open }) {
  const page = await open(reader, { javaScriptEnabled: false });
  await page.goto(base);
  await page.fill("#search", METER);
  await page.press("#search", "Enter");
  await page.waitForURL(`${base}/devices/${METER}`);
  await page.goto(`${base}/decisions?outcome=refused`);
  await page.click("main table a[href^='/decisions/']");
  await page.waitForURL(/\/decisions\/\d+$/);
  await page.close();
}

async function aReaderHasNoForms({ base, reader, open }) {
  const page = await open(reader);
  for (const place of ["/", "/outbox", "/import", "/users", "/test-bench", "/faults", "/journal", "/states", "/orders", "/orders/new", "/orders/RF-000002", "/sites/FLASH-CS", `/devices/${METER}`]) {
    await page.goto(base + place);
    const actions = await page.$$eval("form[method=post]", (forms) => forms.map((form) => form.getAttribute("action")));
    assert.deepEqual(actions, ["/sign-out"], place);
  }
  await page.close();
}

// The XML that a reader pastes: not signed, and decided all the same.
const MESSAGE = `<?xml version="1.0" encoding="UTF-8"?>
<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4"><sr:Header>
<sr:RequestID>90-B3-D5-1F-30-01-00-00:90-B3-D5-1F-30-00-00-02:4711</sr:RequestID><sr:CommandVariant>8</sr:CommandVariant>
<sr:ServiceReference>8.2</sr:ServiceReference><sr:ServiceReferenceVariant>8.2</sr:ServiceReferenceVariant></sr:Header>
<sr:Body><sr:ReadInventory><sr:DeviceID>${METER}</sr:DeviceID></sr:ReadInventory></sr:Body></sr:Request>`;

async function whatIf({ base, operator, reader, open, shown }) {
  for (const person of [operator, reader]) {
    const page = await open(person);
    await page.goto(base);
    await page.click("nav a:text-is('Decisions')");
    await page.click("nav a[href='/what-if']");
    await page.selectOption("#device_type", "ESME");
    await page.selectOption("#status", "Commissioned");
    await page.selectOption("#sender", "pre-notifier");
    await page.selectOption("#change", "variant");
    await Promise.all([page.waitForNavigation(), page.click("button:text-is('Ask')")]);
    assert.match(await page.textContent("main"), /E080407/);
    assert.equal(new URL(page.url()).searchParams.get("change"), "variant", "the question stands in the address");
    await page.fill("#message", MESSAGE);
    await Promise.all([page.waitForNavigation(), page.click("button:text-is('Decide')")]);
    assert.match(await page.textContent("main"), /Its signature does not verify: there is none/);
    await shown(page, `${person.role}-message`);
    await page.goto(`${base}/decisions?service=8.4&outcome=refused`);
    await page.click("main table a[href^='/decisions/']");
    await page.click("a:text-is('Decide again with…')");
    await page.waitForURL(/\/what-if\?device_type=/);
    assert.match(await page.textContent("main"), /does not hold/);
    await page.close();
  }
}

async function anOperatorReportsAnEvent({ base, operator, open, shown }) {
  const [first, second] = [await open(operator), await open(operator)];
  for (const page of [first, second]) {
    await page.goto(`${base}/devices/${METER}`);
    await page.selectOption("#event", "Suspended");
  }
  await Promise.all([first.waitForNavigation(), first.click("button:text-is('Report')")]);
  assert.match(await first.textContent("main"), /reported by Olga at the console/);
  await Promise.all([second.waitForNavigation(), second.click("button:text-is('Report')")]);
  assert.match(await second.textContent("main"), /This Device changed since you looked at it/);
  assert.equal(await second.inputValue("#event"), "Suspended", "the form is kept");
  await shown(second, "operator-event-overtaken");
  await first.close();
  await second.close();
}

async function liveParts({ base, reader, open }) {
  const page = await open(reader);
  await page.goto(base);
  const reply = await page.waitForResponse((response) => response.url().endsWith("/overview/decisions"));
  assert.equal(reply.status(), 200);
  await page.close();
}

async function verifyTheChains({ base, reader, open }) {
  const page = await open(reader);
  await page.goto(`${base}/audit`);
  await page.click("form[action='/audit/verify'] button");
  await page.waitForURL(/\/jobs\/\d+$/);
  // Where it is not done at once, the script leads on when it is.
  await page.waitForSelector("text=The chains are whole");
  await page.close();
}

const csvOf = (meter, type) => ({
  name: "meters.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(`device_id,device_type,status,device_manufacturer,device_model\n${meter},${type},Pending,AB01,MODEL\n`),
});

// Uploads a file with a fault, reads what is wrong, uploads the corrected one, reads what it would do, imports it, and finds the Device.
async function importMeter(page, base, meter, judged) {
  const go = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const looked = async (selector) => {
    // Without scripts a link looks again, where a job is not done at once.
    while ((await page.$(selector)) === null) await go("a:text-is('Look again')");
  };
  await page.goto(base);
  await go("nav a[href='/import']");
  await page.setInputFiles("#file", csvOf(meter, "TOASTER"));
  await go("button:text-is('Check the file')");
  await looked("text=The file cannot be imported");
  const cells = await page.$$eval("main tbody tr:first-child td", (found) => found.map((cell) => cell.textContent));
  assert.deepEqual(cells.slice(0, 3), ["2", "device_type", "TOASTER"]);
  await judged("import-faults");
  await go("a:text-is('Upload the corrected file')");
  await page.setInputFiles("#file", csvOf(meter, "GSME"));
  await go("button:text-is('Check the file')");
  await looked("text=this is what its import would do");
  assert.match(await page.textContent("main"), new RegExp(meter));
  await judged("import-check");
  await go("button:text-is('Import')");
  await looked("text=The file was imported");
  await judged("import-done");
  await page.fill("#search", meter);
  await page.press("#search", "Enter");
  await page.waitForURL(`${base}/devices/${meter}`);
  assert.match(await page.textContent("main"), /GSME/);
  await page.close();
}

async function correctABadImport({ base, operator, open, judge }) {
  const page = await open(operator);
  await importMeter(page, base, "00-DB-12-34-56-78-9E-01", (name) => judge(page, operator, name));
  const scriptless = await open(operator, { javaScriptEnabled: false });
  await importMeter(scriptless, base, "00-DB-12-34-56-78-9E-02", () => undefined);
}

const csvFile = (text) => ({ name: "hubs.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
const hubId = (number) => `00-DB-55-00-00-00-00-0${(2 * number).toString(16).toUpperCase()}`;
const gpfId = (number) => `00-DB-55-00-00-00-00-0${(2 * number + 1).toString(16).toUpperCase()}`;

// One order from the upload of its list to the statement: one hub is re-flashed, the other one fails. Only what the pages offer is used.
async function oneOrder(page, base, [first, second], judged) {
  const go = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const send = (title) => go(`details.act[open] button:text-is('${title}')`);
  const unfold = async (title) => {
    const form = page.locator("details.act", { has: page.locator(`summary:has-text('${title}')`) });
    if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
    return form;
  };
  const main = () => page.textContent("main");
  await page.goto(base);
  await go("nav a:text-is('Hubs')");
  await go("nav a[href='/orders']");
  await go("main a[href='/orders/new']");
  await page.fill("#user", "90-B3-D5-1F-30-01-00-00");
  await page.fill("#hubs", "3");
  await page.selectOption("#location", "SUPA-1");
  await page.fill("#redeliver_on", "2026-07-01");
  await page.fill("#window", "09:00-12:00");
  const line = (number) => `${hubId(number)},01000000,Sample Hubs,SH-C1\n`;
  const header = "chf_device_id,firmware_version,device_manufacturer,device_model\n";
  await page.setInputFiles("#file", csvFile(header + line(first) + line(second) + line(3)));
  await go("button:text-is('Look at it')");
  assert.match(await main(), /2 of 3 lines are without fault/);
  assert.match(await main(), /OTHER_USER/);
  await judged("order-tried");
  await go("button:text-is('Go on with the lines without fault')");
  await go("button:text-is('Send the request')");
  const address = page.url();
  assert.match(await main(), /Submitted/);
  await judged("order-submitted");
  await page.fill("#Authorise-deliver_on", "2026-06-06");
  await page.selectOption("#Authorise-window", "09:00-12:00");
  await page.fill("#Authorise-purchase_order", "PO-7");
  await send("Authorise");
  assert.match(await main(), /A rule refuses it.*RF\/p/s, "a Saturday is refused, with the checks");
  assert.equal(await page.inputValue("#Authorise-purchase_order"), "PO-7", "what was typed is kept");
  await judged("order-refused");
  await page.selectOption("#Authorise-slot", { index: 1 });
  await send("Authorise");
  await judged("order-authorised");
  await go("main a:text-is('Labels')");
  assert.match(await main(), /1 of 1/);
  await judged("order-labels");
  await page.goto(address);
  await send("Despatch");
  await page.selectOption("#Receive-unloaded_by", "sender");
  const received = [first, second].map((number) => `${hubId(number)},P00000,,ok\n`).join("");
  await page.setInputFiles("#Receive-file", csvFile(`chf_device_id,pallet,carton,condition\n${received}`));
  await judged("order-despatched");
  await send("Receive the delivery");
  assert.match(await main(), /whole: 2 accepted/);
  await send("Start the work");
  const outcomes = `${hubId(first)},reflashed,03000100,,\n${hubId(second)},failed,,manual,FR-17\n`;
  const columns = "chf_device_id,outcome,firmware_version,fault_report,fault_reference\n";
  await page.setInputFiles("#Outcome-file", csvFile(columns + outcomes));
  await judged("order-in-work");
  await send("Report outcomes");
  const finish = await unfold("Finish the work");
  await page.fill("#Finish-guidance", "SSC note 7");
  await Promise.all([page.waitForNavigation(), finish.locator("button").click()]);
  await send("Release");
  assert.match(await main(), /RF\/w/, "the SMI does not show the new firmware yet");
  for (const id of [hubId(first), gpfId(first)]) {
    await page.goto(`${base}/devices/${id}`);
    await page.selectOption("#event", "FirmwareReported");
    await page.fill("#version", "03000100");
    await go("button:text-is('Report')");
  }
  await page.goto(address);
  await send("Release");
  await page.selectOption("#Redelivered-unloaded_by", "receiver");
  await send("Re-delivered");
  assert.match(await main(), /Closed/);
  await judged("order-closed");
  await go("main a:text-is('Statement')");
  assert.match(await main(), /To pay.*£12\.50/s);
  await judged("order-statement");
  await page.close();
}

async function anOrderFromUploadToStatement({ base, operator, open, judge }) {
  const page = await open(operator);
  await oneOrder(page, base, [1, 2], (name) => judge(page, operator, name));
  const scriptless = await open(operator, { javaScriptEnabled: false });
  await oneOrder(scriptless, base, [4, 5], () => undefined);
}

export const journeys = {
  keyboardAlone,
  withoutScripts,
  aReaderHasNoForms,
  whatIf,
  anOperatorReportsAnEvent,
  liveParts,
  verifyTheChains,
  correctABadImport,
  anOrderFromUploadToStatement,
};
