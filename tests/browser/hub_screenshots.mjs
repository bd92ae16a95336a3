// Pictures of the pages of hubs and their orders, from a service with the hubs of fixtures/hubs, whose clock stands at 2022-01-04.
// usage: node hub_screenshots.mjs URL FOLDER; the service has SMI_MANAGE_TOKEN.
import { chromium } from "playwright-core";
import { WIDTH, picture } from "./picture.mjs";

const [base, folder] = process.argv.slice(2);
const USER = "90-B3-D5-1F-30-01-00-00";
const hub = (number) => `00-DB-55-00-00-00-00-${(2 * number).toString(16).toUpperCase().padStart(2, "0")}`;
const header = "chf_device_id,firmware_version,device_manufacturer,device_model\n";
const csv = (text) => ({ name: "hubs.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
const firmware = { 9: "03000000", 8: "02010000", 6: "02000000" };
const line = (number) => `${hub(number)},${firmware[number] ?? "01000000"},Sample Hubs,SH-C1\n`;

const go = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const send = (page, title) => go(page, `details.act[open] button:text-is('${title}')`);

async function look(page, numbers) {
  await page.goto(`${base}/orders/new`);
  await page.fill("#user", USER);
  await page.fill("#hubs", String(numbers.length));
  await page.selectOption("#location", "SUPA-1");
  await page.fill("#redeliver_on", "2022-02-01");
  await page.fill("#window", "09:00-12:00");
  await page.setInputFiles("#file", csv(header + numbers.map(line).join("")));
  await go(page, "button:text-is('Look at it')");
}

async function authorise(page, slot) {
  await page.selectOption("#Authorise-slot", slot);
  await page.fill("#Authorise-purchase_order", "PO-1");
  await send(page, "Authorise");
}

// Takes it as wide as that, the first part of the page.
async function take(page, name, width = WIDTH) {
  await page.setViewportSize({ width, height: 600 });
  const bytes = await picture(page, folder, name, width);
  console.log(`${name}.webp ${bytes}`);
}

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 600 } });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await page.fill("#name", "Olga");
  await page.fill("#token", process.env.SMI_MANAGE_TOKEN);
  await go(page, "button:text-is('Sign in')");
  for (const [name, path] of [
    ["stock", "/stock?within=30"],
    ["validity", "/validity?specification=CHTS"],
  ]) {
    await page.goto(base + path);
    await take(page, name);
  }
  // One that is authorised, one in work, one that waits.
  await look(page, [1, 2, 3, 0]);
  await take(page, "order-tried");
  await go(page, "button:text-is('Go on with the lines without fault')");
  await go(page, "button:text-is('Send the request')");
  await take(page, "order");
  await authorise(page, "2022-01-05 09:00-12:00");
  await look(page, [4]);
  await go(page, "button:text-is('Send the request')");
  await authorise(page, "2022-01-05 13:00-17:00");
  await send(page, "Despatch");
  await page.selectOption("#Receive-unloaded_by", "sender");
  await page.setInputFiles("#Receive-file", csv(`chf_device_id,pallet,carton,condition\n${hub(4)},P00000,,ok\n`));
  await send(page, "Receive the delivery");
  await send(page, "Start the work");
  const batch = page.locator("details.act", { has: page.locator("summary:has-text('Next batch')") });
  await batch.locator("summary").click();
  await Promise.all([page.waitForNavigation(), batch.locator("button").click()]);
  await take(page, "order-in-work");
  await look(page, [0, 6, 9]);
  await go(page, "button:text-is('Send the request')");
  for (const [name, path] of [
    ["orders", "/orders"],
    ["site", "/sites/FLASH-CS"],
    ["hub", `/hubs/${hub(4)}`],
  ]) {
    await page.goto(base + path);
    await take(page, name);
  }
} finally {
  await browser.close();
}
