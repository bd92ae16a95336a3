// What is asked of every page: it answers, obeys its own policy, fits the window, and has no fault that axe-core finds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Collects what the browser itself complains about: errors of scripts, and what the content security policy forbids.
export function listen(page, faults) {
  page.on("pageerror", (error) => faults.push(`${page.url()}: script failed: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(page.url() || request.url()).origin && page.url() !== "about:blank") {
      faults.push(`${page.url()}: asks ${request.url()}`);
    }
  });
}

// Nothing but a table in its own container may be wider than the window.
export async function fits(page, place, faults) {
  const [wide, width] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  if (wide > width) faults.push(`${place}: ${wide} px wide in a window of ${width}`);
}

// axe-core runs outside of the page's policy, as a browser's extension does. What it does not complain about it need not describe.
export async function accessible(page, place, faults) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async (values) => {
    const asked = { runOnly: { type: "tag", values }, resultTypes: ["violations"] };
    return (await globalThis.axe.run(asked)).violations;
  }, TAGS);
  for (const { id, help, nodes } of violations) {
    const places = nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ");
    faults.push(`${place}: ${id}: ${help} (${nodes.length}: ${places})`);
  }
}

// The lines of HTML of the main part, without the tokens of its forms: what two people see of one page is compared by them.
export async function linesOf(page) {
  const html = await page.$eval("main", (main) => main.innerHTML);
  return new Set(html.split("\n").filter((line) => !line.includes("form_token")));
}
