//! What a CSP is spared, and whom one that is slow, or one User's odd questions, must not hold up.

use std::{
    num::NonZeroUsize,
    thread::{self, ScopedJoinHandle},
};

use smi::{
    domain::{ActorName, Body, CspRegion, Eui64, ReadInventory},
    service::csp::CspOptions,
    store::Kind,
    tools::csp_stub::FaultInjection,
};

use super::{EXTRACT, ask_and_explain, asking, options, place, regions, stub, wait_until};
use crate::support::{METER, OPERATOR, Smi, Told, USERS, duis};

/// As many messages as the DUIS listener answers at once.
const PERMITS: usize = 6;

/// As a User sends it: the status, and the answer where there is one.
fn send(url: &str, message: &[u8]) -> (u16, Told) {
    let agent = crate::support::agent();
    let request = agent.post(format!("{url}/api/v1/serviceD")).content_type("application/xml");
    let mut reply = request.send(message).unwrap();
    let text = reply.body_mut().read_to_string().unwrap();
    let code = text.split("<sr:ResponseCode>").nth(1).and_then(|rest| rest.split('<').next());
    (reply.status().as_u16(), Told { code: code.unwrap_or_default().to_owned(), text })
}

/// One asks, one waits, the others do not: so there is room for what has nothing to do with coverage.
#[test]
fn a_slow_csp_holds_up_a_few_and_the_others_are_answered() {
    let stub = stub();
    stub.inject(FaultInjection { delay_ms: 60_000, ..FaultInjection::default() });
    let one = CspOptions { max_in_flight: NonZeroUsize::MIN, ..options() };
    let smi = asking(one, &[(CspRegion::North, stub.url())]);
    smi.import(Kind::Coverage, EXTRACT);
    let server = duis::listen(&smi, 10_000, PERMITS);
    let url = format!("http://{}", server.address());
    let message = |sender: Eui64, body: Body| smi.signed(&smi.request(sender, body));
    thread::scope(|scope| {
        let ask = || {
            let (url, message) = (&url, message(OPERATOR, place("ZZ1 1AA", "")));
            scope.spawn(move || send(url, &message))
        };
        let mut asking = vec![ask()];
        wait_until("the CSP is asked", || stub.asked() == 1);
        asking.extend((1..PERMITS).map(|_| ask()));
        let held =
            |asking: &[ScopedJoinHandle<'_, _>]| asking.iter().filter(|asking| !asking.is_finished()).count();
        wait_until("all but two are answered", || held(&asking) <= 2);
        let read = Body::ReadInventory(ReadInventory::DeviceId(METER));
        let (status, told) = send(&url, &message(OPERATOR, read));
        assert_eq!((status, told.code.as_str(), held(&asking)), (200, "E080201", 2), "{}", told.text);
        stub.stop().unwrap();
        for asking in asking {
            let (status, told) = asking.join().unwrap();
            assert_eq!((status, regions(&told)), (200, vec!["North: I0 450 2015-01-01".to_owned()]));
        }
    });
    let page = smi.service.metrics_page();
    let busy = format!(r#"smi_csp_requests_total{{region="North",outcome="busy"}} {}"#, PERMITS - 2);
    assert!(page.contains(&busy), "{page}");
    server.stop().unwrap();
}

fn stands(smi: &Smi, region: &str, state: &str) -> bool {
    let line = format!(r#"smi_csp_breaker{{region="{region}",state="{state}"}} 1"#);
    smi.service.metrics_page().contains(&line)
}

/// An answer that is refused is one; what says that it may go better later is none.
#[test]
fn a_question_that_a_csp_refuses_keeps_nobody_from_asking() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    smi.import(Kind::Coverage, EXTRACT);
    let ask = || ask_and_explain(&smi, OPERATOR, place("ZZ1 1AA", ""));
    let refused = [400, 401, 404, 422, 451];
    for status in refused {
        stub.inject(FaultInjection { status: Some(status), ..FaultInjection::default() });
        let explained = ask();
        assert!(explained.starts_with("I0\nNorth: I0 450 2015-01-01\n"), "{status}: {explained}");
        assert!(explained.contains("its CSP did not answer: it refused the question"), "{explained}");
    }
    assert!(stands(&smi, "North", "closed"));
    let page = smi.service.metrics_page();
    let line = format!(r#"smi_csp_requests_total{{region="North",outcome="refused"}} {}"#, refused.len());
    assert!(page.contains(&line), "{page}");
    for pair in [[408, 429], [500, 503], [302, 204]] {
        for status in pair {
            stub.inject(FaultInjection { status: Some(status), ..FaultInjection::default() });
            assert!(ask().contains("its CSP did not answer: it is down"), "{status}");
        }
        assert!(stands(&smi, "North", "open"), "{pair:?}");
        stub.inject(FaultInjection { status: Some(404), ..FaultInjection::default() });
        smi.move_to(&(smi.now().0 + std::time::Duration::from_secs(30)).to_string());
        assert!(ask().contains("it refused the question"), "tried once");
        assert!(stands(&smi, "North", "closed"), "{pair:?}");
    }
    stub.stop().unwrap();
}

/// What a CSP bears is a matter of where it stands, and not of how many regions it speaks for there.
#[test]
fn regions_at_one_address_share_its_turns_and_its_breaker() {
    let stub = stub();
    stub.inject(FaultInjection { delay_ms: 50, ..FaultInjection::default() });
    let one = CspOptions { max_in_flight: NonZeroUsize::MIN, ..options() };
    let urls = [(CspRegion::North, stub.url()), (CspRegion::Central, format!("{}/", stub.url()))];
    let smi = asking(one, &urls);
    assert_eq!(regions(&smi.ask(OPERATOR, place("ZZ1 1AA", ""))), ["North: I0 420 2020-01-01"]);
    assert_eq!((stub.asked(), stub.most_at_once()), (2, 1));
    stub.inject(FaultInjection { down: true, ..FaultInjection::default() });
    let explained = ask_and_explain(&smi, OPERATOR, place("ZZ4 4DD", ""));
    assert!(explained.starts_with("E120103\n"), "{explained}");
    assert!(stands(&smi, "North", "open") && stands(&smi, "Central", "open"));
    let explained = ask_and_explain(&smi, OPERATOR, place("ZZ4 4DD", ""));
    assert_eq!(explained.matches("it failed too often just now").count(), 2, "{explained}");
    assert_eq!(stub.asked(), 4, "the breaker is open");
    stub.stop().unwrap();
}

/// A test that begins anew hears nothing of the one before, though its clock stands.
#[test]
fn a_reset_forgets_what_csps_said_and_how_they_failed() {
    let stub = stub();
    let smi = asking(options(), &[(CspRegion::North, stub.url())]);
    let ask = |post_code| ask_and_explain(&smi, OPERATOR, place(post_code, ""));
    assert!(ask("ZZ1 1AA").contains("(live)"));
    assert!(ask("ZZ1 1AA").contains("(cached 0 s ago)"));
    stub.inject(FaultInjection { down: true, ..FaultInjection::default() });
    (0..2).for_each(|_| drop(ask("ZZ4 4DD")));
    assert!(stands(&smi, "North", "open"));
    stub.inject(FaultInjection::default());
    smi.service.reset(ActorName::token()).unwrap();
    assert!(stands(&smi, "North", "closed"));
    smi.import(Kind::Users, USERS);
    assert!(ask("ZZ1 1AA").contains("(live)"));
    assert_eq!(stub.asked(), 4);
    stub.stop().unwrap();
}
