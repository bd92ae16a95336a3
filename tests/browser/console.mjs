// Drives Chromium through the console: every page in both schemes and two widths, then the ways that people go.
// usage: node console.mjs URL FOLDER, where the screenshots go; CONSOLE_PEOPLE is an operator and a reader, in JSON. Prints each page
// and each fault on a line, and fails if there is a fault.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { crawl } from "./crawl.mjs";
import { accessible, fits, listen } from "./judge.mjs";
import { journeys } from "./journeys.mjs";

const [base, folder] = process.argv.slice(2);
const people = JSON.parse(process.env.CONSOLE_PEOPLE);
mkdirSync(folder, { recursive: true });

const WINDOWS = [
  { name: "light-wide", scheme: "light", width: 1280, height: 900 },
  { name: "dark-narrow", scheme: "dark", width: 320, height: 700 },
  { name: "light-narrow", scheme: "light", width: 320, height: 700 },
  { name: "dark-wide", scheme: "dark", width: 1280, height: 900 },
];

async function signIn(page, { name, password, token }) {
  await page.goto(`${base}/sign-in`);
  await page.fill("#name", name);
  const [field, secret] = token === undefined ? ["#password", password] : ["#token", token];
  await page.fill(field, secret);
  await page.press(field, "Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

const fileName = (place) => place.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "overview";

async function allPages(browser, person, window, faults) {
  const { width, height, scheme } = window;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  listen(page, faults);
  await signIn(page, person);
  // What axe-core finds depends on scheme and width; each of both once is enough.
  const isJudged = window.name === "light-wide" || window.name === "dark-narrow";
  const visited = await crawl(page, base, isJudged ? 2 : 1, async (place, status) => {
    if (status !== 200) faults.push(`${place}: status ${status}`);
    await fits(page, `${place} (${window.name})`, faults);
    if (isJudged) await accessible(page, `${place} (${window.name})`, faults);
    await page.screenshot({ path: `${folder}/${person.role}-${window.name}-${fileName(place)}.png`, fullPage: true });
  });
  await context.close();
  return visited;
}

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const faults = [];
let visited = [];
try {
  const [operator, reader] = people;
  // Beside each other: each waits most of the time.
  const runs = WINDOWS.map((window) => allPages(browser, operator, window, faults));
  [visited] = await Promise.all([...runs, allPages(browser, reader, WINDOWS[0], faults)]);
  for (const [name, journey] of Object.entries(journeys)) {
    try {
      await journey({ browser, base, folder, operator, reader, signIn, faults });
    } catch (error) {
      faults.push(`${name}: ${error.message}`);
    }
  }
} finally {
  await browser.close();
}
for (const place of visited) console.log(`page ${place}`);
for (const fault of faults) console.log(`fault ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
