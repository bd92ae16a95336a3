// Ways of service desks and planners through firmware and maintenance. Each throws where it does not lead on.
import { strict as assert } from "node:assert";

const [ALDER, CEDAR] = ["90-B3-D5-1F-30-01-00-00", "90-B3-D5-1F-30-03-00-00"];
const IMAGE = "AB".repeat(32);

// What every step of a way needs of its page.
function steps(page) {
  const go = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const main = () => page.textContent("main");
  // Sends a form of the page, unfolded first where it is folded.
  const send = async (title, fields) => {
    const form = page.locator("details.act", { has: page.locator(`button:text-is('${title}')`) });
    if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
    for (const [selector, value] of Object.entries(fields)) {
      const field = form.locator(selector);
      if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
      else await field.fill(value);
    }
    await Promise.all([page.waitForNavigation(), form.locator("button").click()]);
  };
  return { go, main, send };
}

async function ask(page, { user, images, from, perDay }) {
  const { go, main } = steps(page);
  await page.fill("#plan-images", String(images));
  await page.fill("#from", from);
  await page.fill("#per_day", String(perDay));
  await go("button:text-is('Plan')");
  assert.match(await page.inputValue("#batches"), new RegExp(`^${from},${perDay}`), "the plan fills the batches");
  await page.fill("#user", user);
  await page.fill("#firmware_hash", IMAGE);
  await page.fill("#images", String(images + 1));
  await page.fill("#size_bytes", "900000");
  await go("button:text-is('Ask')");
  assert.match(await main(), /Nothing was changed.*FW\/g/s, "the batches are not the whole");
  assert.equal(await page.inputValue("#user"), user, "what was typed is kept");
  await page.fill("#images", String(images));
  await go("button:text-is('Ask')");
  assert.match(page.url(), /\/firmware\/schedules\/\d+$/);
  assert.match(await main(), /asked/);
}

// Two Suppliers want one day: the first has it, and makes room by the Service Desk's word. Only what the pages offer is used.
async function twoSchedules(page, base, day, judged) {
  const { go, main, send } = steps(page);
  await page.goto(base);
  await go("nav a:text-is('Service')");
  await page.fill("#from", day);
  await go("button:text-is('Show')");
  await go("main a:text-is('Ask for a schedule') >> nth=0");
  await ask(page, { user: ALDER, images: 12000, from: day, perDay: 12000 });
  await send("Agree", { "#agree-reason": "as asked" });
  assert.match(await main(), /agreed/);
  const first = page.url();
  await page.goto(`${base}/firmware/schedules/new`);
  // A plan has no room on that day: the batch is written by hand, as a Supplier may.
  await page.fill("#user", CEDAR);
  await page.fill("#firmware_hash", IMAGE);
  await page.fill("#images", "5000");
  await page.fill("#size_bytes", "900000");
  await page.fill("#batches", `${day},5000`);
  await page.check("[name=security]");
  await go("button:text-is('Ask')");
  const second = page.url();
  await send("Agree", { "#agree-reason": "as asked" });
  assert.match(await main(), /Nothing was changed.*room/s, "a clash that nobody settles changes nothing");
  await judged("schedule-clash");
  await page.goto(second);
  await go("main a:text-is('The days')");
  const batch = page.locator(`main a[href='${new URL(first).pathname}']`).first();
  const number = await batch.textContent();
  await judged("firmware-days");
  await page.goto(second);
  await send("Agree", { "#clash": "displace", "#displace": number, "#agree-reason": "a security update goes first" });
  assert.match(await main(), /agreed/);
  await judged("schedule-agreed");
  await page.goto(`${base}/notices`);
  await go(`main tr:has-text('firmware.altered') a[href='${new URL(first).pathname}']`);
  assert.match(await main(), new RegExp(`${day}.*a security update goes first`, "s"), "the displaced schedule says why");
  await send("Withdraw", { "#withdraw-reason": "not needed any more" });
  assert.match(await main(), /withdrawn/);
  await judged("schedule-withdrawn");
  await page.close();
}

async function planWindow(page, reference, [starts, ends]) {
  const { go, main } = steps(page);
  await page.fill("#window-reference", reference);
  await page.fill("#window-title", "DSP release");
  await page.selectOption("#window-disruption", "certain");
  await page.fill("#window-services", "User to hub messages");
  await page.fill("#window-hubs_affected", "1200000");
  await page.fill("#window-risk_to_return", "none");
  for (const [name, value] of [["aspects", "communications"], ["providers", "DSP"]]) {
    await page.check(`[name=${name}][value="${value}"]`);
  }
  await page.fill("#window-starts_at", starts.replace("T", " at "));
  await page.fill("#window-ends_at", ends);
  await go("button:text-is('Save')");
  assert.match(await main(), /Nothing was changed.*starts_at/s, "a time that is none is named");
  assert.equal(await page.inputValue("#window-title"), "DSP release", "what was typed is kept");
  await page.fill("#window-starts_at", starts);
  await go("button:text-is('Save')");
  assert.match(page.url(), new RegExp(`/maintenance/windows/${reference}$`));
}

// A window from its draft to its withdrawal: published, changed, published again, taken back, its case closed.
async function oneWindow(page, base, [month, name, night, morning], judged) {
  const { go, main, send } = steps(page);
  const reference = `CHG-${month}`;
  const thisWindow = `main a:text-is('${reference}')`;
  await page.goto(base);
  await go("nav a:text-is('Service')");
  await go("nav a:text-is('Maintenance')");
  await go("main a:text-is('New window') >> nth=0");
  await planWindow(page, reference, [`${night}T20:00`, `${morning}T02:00`]);
  await judged("window-draft");
  await go(`main a:text-is('${month}')`);
  await go(`button:text-is('Publish ${name}')`);
  assert.match(await main(), /Schedule\s*revision 1/);
  await go(`${thisWindow} >> nth=0`);
  await go("main a:text-is('Change it')");
  await page.fill("#window-ends_at", `${morning}T01:30`);
  await go("button:text-is('Save')");
  await go(`main a:text-is('${month}')`);
  await page.fill("#note", "it ends earlier");
  await go(`button:text-is('Publish ${name}')`);
  assert.match(await main(), /Schedule\s*revision 2.*it ends earlier/s);
  await judged("month-revised");
  await go(`${thisWindow} >> nth=0`);
  await send("Withdraw", { "#withdraw-reason": "the release slips" });
  assert.match(await main(), /the release slips/);
  await send("Close the case", { "[name=outcome]": "dropped", "[name=reason]": "it is planned anew next month" });
  assert.match(await main(), /dropped: it is planned anew next month/);
  await judged("window-withdrawn");
  await page.goto(`${base}/notices`);
  await go(`main tr:has-text('maintenance.revised') a[href='/maintenance?month=${month}'] >> nth=0`);
  assert.match(await main(), new RegExp(name));
  await page.close();
}

// With scripts each page is judged; without them the same way leads on.
const both = (way, withScripts, without) => async ({ base, operator, open, judge }) => {
  const page = await open(operator);
  await way(page, base, withScripts, (name) => judge(page, operator, name));
  await way(await open(operator, { javaScriptEnabled: false }), base, without, () => undefined);
};

export const serviceJourneys = {
  aDayThatTwoWant: both(twoSchedules, "2026-08-03", "2026-09-07"),
  aWindowFromDraftToWithdrawal: both(
    oneWindow,
    ["2026-09", "September 2026", "2026-09-16", "2026-09-17"],
    ["2026-10", "October 2026", "2026-10-14", "2026-10-15"],
  ),
};
