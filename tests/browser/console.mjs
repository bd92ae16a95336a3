// Drives Chromium through the console: every page in both schemes and two widths, or the ways that people go.
// usage: node console.mjs URL FOLDER pages|ways; CONSOLE_PEOPLE is an operator and a reader, in JSON. Prints each page and each fault on
// a line, how long each part took, and fails if there is a fault. Pictures of pages with a fault go to the folder; with
// CONSOLE_PICTURES=1 those of every page that is judged.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { crawl } from "./crawl.mjs";
import { accessible, fits, linesOf, listen } from "./judge.mjs";
import { journeys } from "./journeys.mjs";
import { serviceJourneys } from "./service_journeys.mjs";

const [base, folder, part] = process.argv.slice(2);
const people = JSON.parse(process.env.CONSOLE_PEOPLE);
const everyPicture = process.env.CONSOLE_PICTURES === "1";
mkdirSync(folder, { recursive: true });

// Colours depend on the scheme, the layout on the width: what axe-core finds it finds in one of these.
const WINDOWS = [
  { name: "light-wide", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark-narrow", colorScheme: "dark", viewport: { width: 320, height: 700 } },
];
const [FIRST] = WINDOWS;
// So many pages at a time: each waits for the service and for the disk at times.
const AT_A_TIME = 2;

async function signIn(page, { name, password, token }) {
  await page.goto(`${base}/sign-in`);
  await page.fill("#name", name);
  const [field, secret] = token === undefined ? ["#password", password] : ["#token", token];
  await page.fill(field, secret);
  await page.press(field, "Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

// Signs in once: what is opened for a person later begins with this session.
async function signedIn(browser, person) {
  const context = await browser.newContext();
  await signIn(await context.newPage(), person);
  const state = await context.storageState();
  await context.close();
  return { ...person, state };
}

const fileName = (place) => place.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "overview";

async function pagesOf(browser, person, faults) {
  const context = await browser.newContext({ storageState: person.state, ...FIRST });
  const pages = [];
  for (let number = 0; number < AT_A_TIME; number += 1) {
    const page = await context.newPage();
    listen(page, faults);
    pages.push(page);
  }
  return pages;
}

const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });

// Judges a page as it stands, and keeps a picture of it where that finds a fault.
async function judged(page, person, name, place, faults) {
  const before = faults.length;
  await fits(page, `${place} (${name})`, faults);
  await accessible(page, `${place} (${name})`, faults);
  if (everyPicture || faults.length > before) await picture(page, `${person.role}-${name}-${fileName(place)}`);
}

// Judges a page in both windows, without loading it again for the second.
async function inEachWindow(page, person, place, faults) {
  for (const { name, colorScheme, viewport } of WINDOWS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await judged(page, person, name, place, faults);
  }
  await page.emulateMedia({ colorScheme: FIRST.colorScheme });
  await page.setViewportSize(FIRST.viewport);
}

// Every page that links lead to. Keeps the lines that each is made of.
async function everyPage(browser, person, faults, lines) {
  const judge = async (page, place, status) => {
    if (status !== 200) faults.push(`${place}: status ${status}`);
    lines.set(place, await linesOf(page));
    await inEachWindow(page, person, place, faults);
  };
  return crawl(await pagesOf(browser, person, faults), base, 2, judge);
}

// What a reader sees is a part of what an operator does. Where it is not, the page is judged, too.
async function pagesThatDiffer(browser, person, faults, known) {
  const judge = async (page, place, status) => {
    if (status !== 200) faults.push(`${place}: status ${status}`);
    const operators = known.get(place);
    const differs = operators === undefined || [...(await linesOf(page))].some((line) => !operators.has(line));
    if (differs) await judged(page, person, FIRST.name, `${place} (reader)`, faults);
    else await fits(page, `${place} (reader)`, faults);
  };
  return crawl(await pagesOf(browser, person, faults), base, 1, judge);
}

async function timed(name, work) {
  const begin = Date.now();
  const result = await work();
  console.log(`took ${((Date.now() - begin) / 1000).toFixed(1)} s: ${name}`);
  return result;
}

async function judgePages(browser, [operator, reader], faults) {
  const lines = new Map();
  const visited = await timed("the pages of an operator", () => everyPage(browser, operator, faults, lines));
  await timed("the pages of a reader", () => pagesThatDiffer(browser, reader, faults, lines));
  for (const place of visited) console.log(`page ${place}`);
}

async function goTheWays(browser, [operator, reader], faults) {
  // A page of its own for a person who is signed in.
  const open = async (person, options = {}) =>
    (await browser.newContext({ storageState: person.state, ...options })).newPage();
  const judge = (page, person, place) => inEachWindow(page, person, place, faults);
  const shown = everyPicture ? picture : () => undefined;
  const go = async ([name, journey]) => {
    try {
      await timed(name, () => journey({ browser, base, operator, reader, open, judge, shown }));
    } catch (error) {
      faults.push(`${name}: ${error.message}`);
    }
  };
  await Promise.all(Object.entries({ ...journeys, ...serviceJourneys }).map(go));
}

const work = { pages: judgePages, ways: goTheWays }[part];
if (work === undefined) throw new Error(`no part is called ${part}`);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const faults = [];
try {
  await work(browser, await Promise.all(people.map((person) => signedIn(browser, person))), faults);
} finally {
  await browser.close();
}
for (const fault of faults) console.log(`fault ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
