//! The player of the story: a service with a test PKI and a test clock, and a client that sends each step's request.

use std::{fmt, io, net::SocketAddr, path::Path};

use anyhow::{Context as _, anyhow};

use super::story::{self, DemoAction, DemoStep};
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
    secret::Secret,
    service::{App, Choices, EventOutcome, test_bench::TestChoices},
    store::{self, Kind},
    tools::client::Client,
    web::{self, server_thread::ServerThread},
};

/// Prints a line of the story.
pub type PrintLine<'a> = dyn FnMut(fmt::Arguments<'_>) + 'a;

/// The console of a demo, on a listener of its own.
#[derive(Debug)]
pub struct DemoConsole {
    server: ServerThread,
    /// The address that signs in as an operator. It is good once.
    pub link: String,
    /// The management token.
    pub token: String,
}

/// A running demo: the service, with what the story needs in its store.
pub struct Demo {
    service: App,
    clock: Clock,
    server: ServerThread,
}

impl Demo {
    /// Starts the service on a free port of loopback, with a test PKI and a database in that folder.
    ///
    /// # Errors
    /// When the folder cannot be written, or the service does not start.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        let clock = Clock::fixed(parse_instant(story::BEGINS)?);
        let certificates = folder.join("pki");
        pki::init(&certificates, clock.now().0)?;
        let mut trust = TrustStore::new(ValidityCheck::Enforced);
        trust.load_folder(&certificates)?;
        let store = Store::open(&format!("sqlite://{}", folder.join("smi.db").display()))?;
        let files = [
            (Kind::Users, story::USERS),
            (Kind::Registrations, story::REGISTRATIONS),
            (Kind::Coverage, story::COVERAGE),
        ];
        for (kind, csv) in files {
            store::import(&store, kind, csv.as_bytes(), clock.now(), &mut |_| ())?;
        }
        let choices = Choices { test: Some(TestChoices::default()), ..Choices::of(pki::DCC) };
        let service = App::new(store, trust, clock.clone(), choices);
        let kind = web::ListenerKind::Duis { max_in_flight: 16 };
        let server = web::spawn(service.clone(), listener(kind)).context("starting the service")?;
        Ok(Self { service, clock, server })
    }

    /// The address of the service.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Stops the service.
    ///
    /// # Errors
    /// When it had failed.
    pub fn stop(self) -> io::Result<()> {
        self.server.stop()?;
        self.service.store().close();
        Ok(())
    }

    /// Starts the console on a free port of loopback, with a management token that is kept in that folder.
    ///
    /// # Errors
    /// When the token cannot be written, or the listener does not start.
    pub fn open_console(&self, folder: &Path) -> anyhow::Result<DemoConsole> {
        let (token, _) = Secret::in_file(&folder.join("smi-manage.token"))?;
        let shown = token.reveal().to_owned();
        let kind = web::ListenerKind::Manage { token };
        let server = web::spawn(self.service.clone(), listener(kind)).context("starting the console")?;
        let link = self.service.make_sign_in_link("demo".parse()?)?;
        let link = format!("http://{}/sign-in?link={}", server.address(), link.reveal());
        Ok(DemoConsole { server, link, token: shown })
    }

    /// Serves until the process is told to end, by SIGINT or SIGTERM.
    ///
    /// # Errors
    /// When a listener failed.
    pub fn wait(self, console: DemoConsole) -> io::Result<()> {
        self.server.wait()?;
        console.server.stop()?;
        self.service.store().close();
        Ok(())
    }

    /// Takes all steps. Returns how many differ from what the rules say.
    ///
    /// # Errors
    /// When a request cannot be sent, or its answer or decision cannot be read.
    pub fn play(&self, print: &mut PrintLine<'_>) -> anyhow::Result<usize> {
        let trust = self.service.trust();
        let url = format!("http://{}", self.address());
        let client = Client::new(&url, &trust, self.clock.clone(), pki::DCC);
        let mut different = 0;
        for (counter, step) in (1..).zip(story::steps()?) {
            different += usize::from(!self.step(&client, counter, &step, print).context(step.says)?);
        }
        Ok(different)
    }

    /// Takes one step. Returns whether it went as expected.
    fn step(
        &self,
        client: &Client<'_>,
        counter: u64,
        step: &DemoStep,
        print: &mut PrintLine<'_>,
    ) -> anyhow::Result<bool> {
        print(format_args!("{}  {}", instant_text(self.clock.now().0), step.says));
        match &step.action {
            DemoAction::Until(then) => Ok(self.clock.set(parse_instant(then)?)),
            DemoAction::Commissioned => self.commission(print),
            DemoAction::Send { sender, body, code, rule, shows } => {
                let answer = self.send(client, counter, *sender, body, print)?;
                let as_expected = answer.code == *code
                    && answer.rule == *rule
                    && shows.is_none_or(|text| answer.text.contains(text));
                if let Some(text) = shows {
                    print(format_args!("{:26}{text}", ""));
                }
                if !as_expected {
                    print(format_args!("{:26}DIFFERENT: expected {code} by {rule}", ""));
                }
                Ok(as_expected)
            }
        }
    }

    /// Sends a request, and looks up the rule that decided it.
    fn send(
        &self,
        client: &Client<'_>,
        counter: u64,
        sender: Eui64,
        body: &Body,
        print: &mut PrintLine<'_>,
    ) -> anyhow::Result<DemoAnswer> {
        let request = Request {
            schema_version: SchemaVersion::newest(),
            id: RequestId { originator: sender, target: pki::DCC, counter },
            command_variant: CommandVariant::NON_DEVICE,
            variant: body.service().as_str().parse()?,
            body: body.clone(),
        };
        let answer = client.send(xml::compose(&request).as_bytes(), WebService::NonDevice)?;
        // The rule comes from the recorded decision: an answer does not name it.
        let decisions =
            self.service.store().read(|connection| store::decisions_of_request(connection, &request.id))?;
        let decision =
            decisions.last().ok_or_else(|| anyhow!("no decision is recorded for {}", request.id))?;
        let rule = decision.rule.as_deref().and_then(rulebook::rule);
        let rule = rule.ok_or_else(|| anyhow!("no rule is recorded for {}", request.id))?;
        print(format_args!("{:26}SR {} from {sender}: {}", "", request.variant, answer.code));
        print(format_args!("{:26}{}: {} [{}, {}]", "", rule.id, rule.requires, rule.source, rule.standing));
        Ok(DemoAnswer { code: answer.code, rule: rule.id, text: answer.text })
    }

    /// Reports the Device's confirmation of SR 8.1.1; the command itself is outside this service.
    fn commission(&self, print: &mut PrintLine<'_>) -> anyhow::Result<bool> {
        match self.service.device_event(story::METER, DeviceEvent::DeviceCommissioned)? {
            EventOutcome::Applied(_) => Ok(true),
            EventOutcome::Refused(reason) => {
                print(format_args!("{:26}DIFFERENT: {reason}", ""));
                Ok(false)
            }
        }
    }
}

/// A listener on a free port of loopback.
fn listener(kind: web::ListenerKind) -> web::Listener {
    web::Listener {
        address: ([127, 0, 0, 1], 0).into(),
        max_body_bytes: 1_000_000,
        bounds: web::Bounds::default(),
        tls: None,
        kind,
    }
}

/// The answer to a request, and the rule that decided it.
struct DemoAnswer {
    code: String,
    rule: &'static str,
    text: String,
}
