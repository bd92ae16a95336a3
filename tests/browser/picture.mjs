// A picture of a page for the documents.
import { writeFileSync } from "node:fs";

export const WIDTH = 1280;
const MOST_HEIGHT = 760;
const MOST_BYTES = 60_000;
// WebP by the browser itself, so that no other program is needed. The first quality that fits is taken.
const QUALITIES = [40, 30, 20, 10];

// Writes it, as wide as that, and returns its length.
export async function picture(page, folder, name, width = WIDTH, mostHeight = MOST_HEIGHT) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(height, mostHeight) });
  const session = await page.context().newCDPSession(page);
  for (const quality of QUALITIES) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length > MOST_BYTES) continue;
    writeFileSync(`${folder}/${name}.webp`, bytes);
    return bytes.length;
  }
  throw new Error(`${name}: more than ${MOST_BYTES} bytes at any quality`);
}
