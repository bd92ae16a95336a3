//! `smi demo`: the story, over real HTTP with signed requests, on a throw-away database.

mod story;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, anyhow};

use super::say::say;
use crate::{
    clock::Clock,
    db::Store,
    domain::{
        Body, CommandVariant, Eui64, Request, RequestId, SchemaVersion, WebService, instant_text,
        parse_instant,
    },
    duis::{
        signature::{TrustStore, ValidityCheck, pki},
        xml,
    },
    rules::{event::DeviceEvent, rulebook},
    service::{App, Choices, EventOutcome},
    store::{self, Kind},
    tools::client::Client,
    web,
};
use story::{Act, Step};

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let folder = Folder::new()?;
    let stage = Stage::set(&folder)?;
    let listener = web::Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 1_000_000,
        bounds: web::Bounds::default(),
        tls: None,
        kind: web::ListenerKind::Duis { max_in_flight: 16 },
    };
    let server = web::spawn(stage.service.clone(), listener).context("starting the service")?;
    let url = format!("http://{}", server.address());
    say!("smi at {url}, a test PKI and an empty SMI in {}\n", folder.0.display());
    let different = stage.play(&url)?;
    server.stop().context("stopping the service")?;
    stage.service.store().close();
    match different {
        0 => say!("\nevery step went as the rules say"),
        count => say!("\n{count} steps differ from what the rules say"),
    }
    Ok(if different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A folder that goes when the demo ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("smi-demo-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(reason) = std::fs::remove_dir_all(&self.0) {
            eprintln!("smi: {}: {reason}", self.0.display());
        }
    }
}

/// The service, and what the story needs in it.
struct Stage {
    service: App,
    clock: Clock,
}

impl Stage {
    fn set(folder: &Folder) -> anyhow::Result<Self> {
        let clock = Clock::fixed(parse_instant(story::BEGINS)?);
        let certificates = folder.0.join("pki");
        pki::init(&certificates, clock.now().0)?;
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&certificates)?;
        let store = Store::open(&format!("sqlite://{}", folder.0.join("smi.db").display()))?;
        let files = [
            (Kind::Users, story::USERS),
            (Kind::Registrations, story::REGISTRATIONS),
            (Kind::Coverage, story::COVERAGE),
        ];
        for (kind, csv) in files {
            store::import(&store, kind, csv.as_bytes(), clock.now(), &mut |_| ())?;
        }
        Ok(Self { service: App::new(store, trust, clock.clone(), Choices::of(pki::DCC)), clock })
    }

    /// Plays every step; how many did not go as the story says.
    fn play(&self, url: &str) -> anyhow::Result<usize> {
        let trust = self.service.trust();
        let client = Client::new(url, &trust, self.clock.clone(), pki::DCC);
        let mut different = 0;
        for (counter, step) in (1..).zip(story::steps()?) {
            different += usize::from(!self.step(&client, counter, &step).context(step.says)?);
        }
        Ok(different)
    }

    fn step(&self, client: &Client<'_>, counter: u64, step: &Step) -> anyhow::Result<bool> {
        say!("{}  {}", instant_text(self.clock.now().0), step.says);
        match &step.act {
            Act::Until(then) => Ok(self.clock.set(parse_instant(then)?)),
            Act::Commissioned => self.commission(),
            Act::Send { sender, body, code, rule, shows } => {
                let told = self.send(client, counter, *sender, body)?;
                let as_expected = told.code == *code
                    && told.rule == *rule
                    && shows.is_none_or(|text| told.answer.contains(text));
                if let Some(text) = shows {
                    say!("{:26}{text}", "");
                }
                if !as_expected {
                    say!("{:26}DIFFERENT: expected {code} by {rule}", "");
                }
                Ok(as_expected)
            }
        }
    }

    fn send(&self, client: &Client<'_>, counter: u64, sender: Eui64, body: &Body) -> anyhow::Result<Told> {
        let request = Request {
            schema_version: SchemaVersion::newest(),
            id: RequestId { originator: sender, target: pki::DCC, counter },
            command_variant: CommandVariant::NON_DEVICE,
            variant: body.service().as_str().parse()?,
            body: body.clone(),
        };
        let answer = client.send(xml::compose(&request).as_bytes(), WebService::NonDevice)?;
        let decisions =
            self.service.store().read(|connection| store::decisions_of_request(connection, &request.id))?;
        let decision =
            decisions.last().ok_or_else(|| anyhow!("no decision is recorded for {}", request.id))?;
        let rule = decision.rule.as_deref().and_then(rulebook::rule);
        let rule = rule.ok_or_else(|| anyhow!("no rule is recorded for {}", request.id))?;
        say!("{:26}SR {} from {sender}: {}", "", request.variant, answer.code);
        say!("{:26}{}: {} [{}, {}]", "", rule.id, rule.requires, rule.source, rule.standing);
        Ok(Told { code: answer.code, rule: rule.id, answer: answer.text })
    }

    /// What the Device's confirmation of SR 8.1.1 leads to; the command itself is outside this service.
    fn commission(&self) -> anyhow::Result<bool> {
        match self.service.device_event(story::METER, DeviceEvent::DeviceCommissioned)? {
            EventOutcome::Done(_) => Ok(true),
            EventOutcome::Refused(reason) => {
                say!("{:26}DIFFERENT: {reason}", "");
                Ok(false)
            }
        }
    }
}

/// What a request was told.
struct Told {
    code: String,
    rule: &'static str,
    answer: String,
}
