//! People who read the console while the service is measured: they load one page after another, at a fixed rate.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use ureq::{
    Agent,
    http::{Request, Response},
};

use super::{
    population::{self, SUPPLIER},
    process::MANAGE_TOKEN,
};
use crate::{clock::Clock, domain::instant_text};

/// The connections of the readers.
const READERS: usize = 4;
/// A multiplicative hash, so that consecutive pages are about Devices far apart, which no cache holds.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A page that is loaded, by its name in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Page(pub(super) &'static str);

/// The pages, in turn.
pub(super) const PAGES: [Page; 14] = [
    Page("overview"),
    Page("last decisions, live"),
    Page("decisions"),
    Page("decisions, refused"),
    Page("decisions of a Device"),
    Page("decision"),
    Page("Device"),
    Page("Device at an instant"),
    Page("search by UPRN"),
    Page("search by postcode"),
    Page("Users"),
    Page("User"),
    Page("outbox"),
    Page("decisions.csv"),
];

/// How long each load of a page took, by page.
pub(super) type PageTimes = BTreeMap<&'static str, Vec<Duration>>;

/// A signed-in browser.
#[derive(Debug)]
pub(super) struct ConsoleReader {
    agent: Agent,
    base: String,
    cookie: String,
    homes: u64,
}

impl ConsoleReader {
    /// Signs in at the management listener of that address.
    pub(super) fn sign_in(address: SocketAddr, homes: u64) -> anyhow::Result<Self> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let base = format!("http://{address}");
        let form = [("name", "bench"), ("token", MANAGE_TOKEN)];
        let answer = agent.post(format!("{base}/sign-in")).send_form(form).context("signing in")?;
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie =
            cookie.and_then(|value| value.split(';').next()).context("signing in gave no session")?;
        let cookie = cookie.to_owned();
        Ok(Self { agent, base, cookie, homes })
    }

    /// The key of the newest decision.
    pub(super) fn newest_decision(&self) -> anyhow::Result<u64> {
        let list = self.get("/decisions.json")?.body_mut().read_to_string()?;
        let list = serde_json::from_str::<serde_json::Value>(&list)?;
        list.pointer("/decisions/0/key")
            .and_then(serde_json::Value::as_u64)
            .context("there is no decision yet")
    }

    /// Loads the page of that number, to its last byte.
    fn load(&self, number: u32, newest: u64) -> anyhow::Result<(Page, Duration)> {
        let page = usize::try_from(number).ok().and_then(|number| PAGES.get(number % PAGES.len()));
        let page = *page.context("there is no page")?;
        let path = path_of(page, u64::from(number), self.homes, newest);
        let begin = Instant::now();
        let body = self.get(&path)?.body_mut().read_to_vec()?;
        let took = begin.elapsed();
        if body.is_empty() {
            bail!("{path} is empty");
        }
        Ok((page, took))
    }

    fn get(&self, path: &str) -> anyhow::Result<Response<ureq::Body>> {
        let request = Request::get(format!("{}{path}", self.base)).header("cookie", &self.cookie).body(())?;
        let answer = self.agent.run(request).with_context(|| path.to_owned())?;
        if answer.status() != 200 {
            bail!("{path} was answered by {}", answer.status());
        }
        Ok(answer)
    }

    /// Loads so many pages a second while `work` runs. A page that is due waits for a free connection, and its time counts from when it was
    /// due. Returns what `work` returned, and the times; `first` is the number of the first page, and becomes that of the next.
    pub(super) fn read_beside<T>(
        &self,
        pages_per_second: f64,
        first: &mut u32,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, PageTimes)> {
        let (done, next, begin) = (AtomicBool::new(false), AtomicU32::new(0), Instant::now());
        let (newest, start) = (self.newest_decision()?, *first);
        let read = || {
            let mut times = PageTimes::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = begin + Duration::from_secs_f64(f64::from(number) / pages_per_second);
                while Instant::now() < due && !done.load(Ordering::Relaxed) {
                    thread::sleep(
                        due.saturating_duration_since(Instant::now()).min(Duration::from_millis(20)),
                    );
                }
                if done.load(Ordering::Relaxed) {
                    return Ok::<_, anyhow::Error>(times);
                }
                let late = due.elapsed();
                let (page, took) = self.load(start.wrapping_add(number), newest)?;
                times.entry(page.0).or_default().push(late + took);
            }
        };
        let (worked, times) = thread::scope(|scope| {
            let readers = (0..READERS).map(|_| scope.spawn(read)).collect::<Vec<_>>();
            let worked = work();
            done.store(true, Ordering::Relaxed);
            (worked, readers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>())
        });
        let mut all = PageTimes::new();
        for part in times {
            for (page, times) in part.map_err(|_| anyhow::anyhow!("a reader broke off"))?? {
                all.entry(page).or_default().extend(times);
            }
        }
        *first = start.wrapping_add(u32::try_from(all.values().map(Vec::len).sum::<usize>())?);
        Ok((worked?, all))
    }
}

/// The address of a page, about another Device or decision each time.
fn path_of(page: Page, number: u64, homes: u64, newest: u64) -> String {
    let home = number.wrapping_mul(SPREAD) % homes;
    let device = population::meter(home);
    match page.0 {
        "overview" => "/".to_owned(),
        "last decisions, live" => "/overview/decisions".to_owned(),
        "decisions, refused" => "/decisions?outcome=refused".to_owned(),
        "decisions of a Device" => format!("/decisions?device={device}"),
        "decision" => format!("/decisions/{}", newest - number.wrapping_mul(SPREAD) % newest),
        "Device" => format!("/devices/{device}"),
        "Device at an instant" => format!("/devices/{device}?as_at={}", instant_text(Clock::System.now().0)),
        "search by UPRN" => format!("/search?q={}", population::uprn(home)),
        "search by postcode" => format!("/search?q={}", population::post_code(home).replace(' ', "+")),
        "Users" => "/users".to_owned(),
        "User" => format!("/users/{SUPPLIER}"),
        "outbox" => "/outbox".to_owned(),
        "decisions.csv" => "/decisions.csv".to_owned(),
        _ => "/decisions".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_page_has_an_address_of_its_own() {
        let paths = PAGES.map(|page| path_of(page, 7, 100, 50));
        assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), PAGES.len(), "{paths:?}");
        let decision = |number| path_of(Page("decision"), number, 100, 3);
        assert!((0..50).map(decision).collect::<BTreeSet<_>>().len() == 3);
        assert!(!(0..50).map(decision).any(|path| path == "/decisions/0"));
    }
}
