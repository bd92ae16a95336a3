// Pictures of the pages of firmware and maintenance, from a service with fixtures/inventory and the register of fixtures/firmware, whose
// clock stands at 2026-02-02.
// usage: node service_screenshots.mjs URL FOLDER [WIDTH [SCHEME]]; the service has SMI_MANAGE_TOKEN.
import { chromium } from "playwright-core";
import { WIDTH, picture } from "./picture.mjs";

const [base, folder, width = WIDTH, colorScheme = "light"] = process.argv.slice(2);
const IMAGE = "A".repeat(64);
const [ALDER, CEDAR] = ["90-B3-D5-1F-30-01-00-00", "90-B3-D5-1F-30-03-00-00"];

const go = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

async function take(page, name) {
  await page.setViewportSize({ width: Number(width), height: 600 });
  const bytes = await picture(page, folder, name, Number(width));
  console.log(`${name}.webp ${bytes}`);
}

async function ask(page, user, images, batches, security = false) {
  await page.goto(`${base}/firmware/schedules/new`);
  await page.fill("#user", user);
  await page.fill("#firmware_hash", IMAGE);
  await page.fill("#images", String(images));
  await page.fill("#batches", batches);
  if (security) await page.check("[name=security]");
  await go(page, "button:text-is('Ask')");
}

async function agree(page, clash = "") {
  await page.selectOption("#clash", clash);
  await page.fill("#agree-reason", clash ? "the day is full" : "as asked");
  await go(page, "button:text-is('Agree')");
}

async function plan(page, window) {
  await page.goto(`${base}/maintenance/new`);
  for (const [name, value] of Object.entries(window)) {
    if (Array.isArray(value)) for (const one of value) await page.check(`[name=${name}][value="${one}"]`);
    else if (["kind", "disruption", "category"].includes(name)) await page.selectOption(`#window-${name}`, value);
    else await page.fill(`#window-${name}`, value);
  }
  await go(page, "button:text-is('Save')");
}

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const context = await browser.newContext({ viewport: { width: Number(width), height: 600 }, colorScheme });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await page.fill("#name", "Olga");
  await page.fill("#token", process.env.SMI_MANAGE_TOKEN);
  await go(page, "button:text-is('Sign in')");
  const days = (from, number, images) =>
    Array.from({ length: number }, (_, day) => `2026-02-${String(from + day).padStart(2, "0")},${images}`).join("\n");
  await ask(page, ALDER, 66000, days(9, 6, 11000));
  await agree(page);
  await ask(page, CEDAR, 16000, days(12, 4, 4000));
  await agree(page, "move");
  await take(page, "firmware-schedule");
  await ask(page, CEDAR, 3000, "2026-02-09,3000", true);
  await page.goto(`${base}/firmware/days`);
  await take(page, "firmware-days");
  const common = { disruption: "certain", services: "User to hub messages", risk_to_return: "none", hubs_affected: "1200000" };
  await plan(page, {
    ...common, reference: "CHG-1001", title: "DSP release 12.1", aspects: ["communications", "consumer_affecting"],
    providers: ["DSP"], starts_at: "2026-03-18T20:00", ends_at: "2026-03-19T02:00", stops: ["requests", "deliveries"],
  });
  await plan(page, { ...common, reference: "CHG-1002", title: "Racks", starts_at: "2026-03-11T22:00", ends_at: "2026-03-12T03:30" });
  await plan(page, { ...common, reference: "CHG-1003", title: "SSI pages", aspects: ["ssi"], starts_at: "2026-03-25T06:00", ends_at: "2026-03-25T08:00" });
  await page.goto(`${base}/maintenance?month=2026-03`);
  await go(page, "button:text-is('Publish March 2026')");
  await plan(page, { ...common, reference: "CHG-1004", title: "Certificates", starts_at: "2026-03-30T20:00", ends_at: "2026-03-30T21:00" });
  await page.goto(`${base}/maintenance?month=2026-03`);
  await take(page, "maintenance");
  await page.goto(`${base}/maintenance/windows/CHG-1001`);
  await take(page, "maintenance-window");
  await page.goto(`${base}/maintenance/months`);
  await take(page, "maintenance-months");
} finally {
  await browser.close();
}
