// Pages that links lead to from the overview: a few of each kind, so that a new page is judged without being named here.

// The kind of an address: its path, with names of parameters and without what differs from page to page.
function kindOf(url) {
  const path = url.pathname.replace(/\/[^/]*\d[^/]*/g, "/*");
  return `${path}?${[...url.searchParams.keys()].sort().join("&")}`;
}

const isDownload = (url) => /\.(csv|json|ics|txt|xml)$/.test(url.pathname);

// Visits so many pages of each kind, breadth first, on these pages at a time, and calls `judge` on each with the page open.
export async function crawl(pages, base, pagesOfAKind, judge) {
  const waiting = [new URL("/", base)];
  const seen = new Set([waiting[0].href]);
  const visits = new Map();
  const visited = [];
  const next = () => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      const kind = kindOf(url);
      const number = visits.get(kind) ?? 0;
      if (number === pagesOfAKind) continue;
      visits.set(kind, number + 1);
      return url;
    }
    return undefined;
  };
  const visit = async (page, url) => {
    const reply = await page.goto(url.href);
    const place = url.pathname + url.search;
    visited.push(place);
    for (const href of await page.$$eval("a[href]", (links) => links.map((link) => link.href))) {
      const link = new URL(href);
      link.hash = "";
      if (link.origin !== url.origin || isDownload(link) || seen.has(link.href)) continue;
      seen.add(link.href);
      waiting.push(link);
    }
    await judge(page, place, reply.status());
  };
  // The first page alone: it has the links that the others begin with.
  await visit(pages[0], next());
  const walk = async (page) => {
    for (let url = next(); url !== undefined; url = next()) await visit(page, url);
  };
  await Promise.all(pages.map(walk));
  return visited;
}
