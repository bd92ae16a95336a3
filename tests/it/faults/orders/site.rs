//! The service, its store, and what happens to both.

use std::time::{Duration, Instant};

use smi::db::Store;

use super::{
    rows::Tables,
    way::{Call, HUBS, lists},
};
use crate::{
    faults::{gate::DEADLINE, harness::House, service::Process},
    support::agent,
};

/// Tuesday, within Working Hours; it stands still.
const SETTINGS: &[(&str, &str)] = &[
    ("SMI_TEST_CLOCK", "2022-01-25T11:00:00Z"),
    ("SMI_REFLASH_ENABLED", "true"),
    ("SMI_REFLASH_SMI_UPDATE", "ssmi"),
];
/// Until a client comes again that was told to.
const AGAIN: Duration = Duration::from_millis(20);

/// Status and text.
pub(super) type Answer = (u16, String);

/// A store, and the service on it.
pub(super) struct Site {
    house: House,
    service: Option<Process>,
}

impl Site {
    /// With the hubs of so many orders.
    pub(super) fn begin(house: House, orders: u32) -> Self {
        let house = house.with(SETTINGS, &lists(orders * HUBS));
        let (service, _) = house.begin();
        Self { house, service: Some(service) }
    }

    fn manage(&self) -> String {
        self.service.as_ref().unwrap().manage.clone().unwrap()
    }

    /// The answer, and how long it took.
    pub(super) fn timed(&self, call: &Call) -> (Answer, Duration) {
        let begun = Instant::now();
        (send(&self.manage(), call).unwrap(), begun.elapsed())
    }

    /// Sends it again while it is told to come again.
    pub(super) fn send_until_answered(&self, call: &Call) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = send(&self.manage(), call).unwrap();
            if answer.0 != 503 {
                return answer;
            }
            assert!(begun.elapsed() < DEADLINE, "{answer:?}");
            std::thread::sleep(AGAIN);
        }
    }

    /// Kills the service that long after the call, and starts it again; what was answered before the kill.
    pub(super) fn killed_after(&mut self, moment: Duration, call: &Call) -> Option<Answer> {
        let (manage, service) = (self.manage(), self.service.take().unwrap());
        let answered = std::thread::scope(|scope| {
            let sending = scope.spawn(|| send(&manage, call));
            // The moment of the kill is what is drawn; nothing is waited for.
            std::thread::sleep(moment);
            service.kill();
            sending.join().unwrap()
        });
        self.service = Some(self.house.recipe.start(None));
        answered.inspect(|answer| assert_eq!(answer.0, 200, "{answer:?}"))
    }

    /// Takes the store away before the call, asks again while it is away, and brings it back. Nothing is done.
    pub(super) fn away_before(&self, call: &Call, (away, back): (&dyn Fn(), &dyn Fn())) -> Option<Answer> {
        away();
        let answers = [(), ()].map(|()| send(&self.manage(), call).unwrap());
        back();
        assert_eq!(answers.each_ref().map(|answer| answer.0), [503, 503], "{answers:?}");
        None
    }

    /// Takes the store away that long after the call, asks again while it is away, and brings it back; what was answered as done.
    pub(super) fn away_after(
        &self,
        moment: Duration,
        call: &Call,
        (away, back): (&dyn Fn(), &dyn Fn()),
    ) -> Option<Answer> {
        let manage = self.manage();
        let first = std::thread::scope(|scope| {
            let sending = scope.spawn(|| send(&manage, call));
            std::thread::sleep(moment);
            away();
            sending.join().unwrap().unwrap()
        });
        let again = send(&manage, call).unwrap();
        back();
        assert_eq!(again.0, 503, "the store is away: {again:?}");
        assert!([200, 503].contains(&first.0), "{first:?}");
        Some(first).filter(|(status, _)| *status == 200)
    }

    /// All rows, once no transaction of a killed service is left.
    pub(super) fn tables(&self) -> Tables {
        Tables::of(&Store::open(&self.house.recipe.store_url).unwrap())
    }
}

/// The answer; nothing where the connection ended before it.
fn send(manage: &str, (method, path, body): &Call) -> Option<Answer> {
    let request = ureq::http::Request::builder().method(*method).uri(format!("{manage}{path}"));
    let request = request.header("authorization", "Bearer open-sesame").body(body.clone()).unwrap();
    let mut reply = agent().run(request).ok()?;
    let status = reply.status().as_u16();
    // Whoever cannot do it now says when to come again.
    assert!(status != 503 || reply.headers().contains_key("retry-after"));
    Some((status, reply.body_mut().read_to_string().ok()?))
}
