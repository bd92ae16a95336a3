//! A console to ask, as a browser without scripts would.

use std::{path::Path, time::Duration};

use smi::{
    rules::reflash::ReflashSettings,
    secret::PasswordHash,
    service::{
        Choices,
        console::{ConsoleRole, ConsoleUser},
        test_bench::{StatesChoices, TestChoices},
    },
    store::Kind,
    web::{self, Bounds, Listener, server_thread::ServerThread},
};
use ureq::{
    Agent,
    http::{HeaderMap, Request},
};

use crate::support::{DCC, Smi, package};

pub(super) const TOKEN: &str = "open-sesame";
pub(super) const PASSWORD: &str = "correct horse battery";

/// A service with the fixtures' inventory, its console, and two people with passwords.
pub(super) struct Console {
    pub(super) smi: Smi,
    server: ServerThread,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The values of the hidden fields of its forms, by name.
    pub(super) fn hidden(&self, name: &str) -> Option<String> {
        let field = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&field)?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    /// What stands in the main part of the page, a line each, without what changes from run to run.
    pub(super) fn main(&self) -> String {
        let (_, main) = self.text.split_once("<main id=\"main\" tabindex=\"-1\">").unwrap();
        let main = main.split("</main>").next().unwrap();
        // An answer is long, and its certificate is another one in each run.
        let mut main = main.to_owned();
        while let Some((before, rest)) = main.split_once("<pre class=\"xml\">") {
            let (_, after) = rest.split_once("</pre>").unwrap();
            main = format!("{before}[xml]{after}");
        }
        // So has a certificate its serial number.
        if let Some((before, rest)) = main.split_once(" serial ") {
            let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
            main = format!("{before} serial [number]{rest}");
        }
        let lines = main.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n"));
        lines.collect()
    }
}

/// A person's browser: it has a cookie, and has read the token of their forms.
#[derive(Clone, Debug)]
pub(super) struct Browser {
    pub(super) cookie: String,
    pub(super) form_token: String,
}

impl Console {
    pub(super) fn start() -> Self {
        Self::filled(Smi::choosing(Self::choices()))
    }

    /// On a file, whatever the environment says.
    pub(super) fn on_a_file() -> Self {
        Self::filled(Smi::on_a_file(|_| Self::choices()))
    }

    /// The same, with a folder for states.
    pub(super) fn keeping(folder: &Path) -> Self {
        Self::filled(Smi::on_a_file(|url| {
            let store_timeout = Duration::from_secs(5);
            let states =
                StatesChoices { dir: folder.join("states"), store_url: url.to_owned(), store_timeout };
            let test = TestChoices { states: Some(states), ..TestChoices::default() };
            Choices { test: Some(test), ..Self::choices() }
        }))
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(super) fn choices() -> Choices {
        let user = |name: &str, role| ConsoleUser {
            name: name.parse().unwrap(),
            role,
            hash: PasswordHash::of(PASSWORD).unwrap(),
        };
        let console_users = vec![user("olive", ConsoleRole::Operator), user("rita", ConsoleRole::Reader)];
        let reflash = ReflashSettings { enabled: true, ..ReflashSettings::default() };
        Choices { console_users, reflash, test: Some(TestChoices::default()), ..Choices::of(DCC) }
    }

    pub(super) fn filled(smi: Smi) -> Self {
        for kind in Kind::ALL {
            let file = package().join("fixtures/inventory").join(format!("{kind}.csv"));
            if let Ok(csv) = std::fs::read_to_string(file) {
                smi.import(*kind, &csv);
            }
        }
        Self::of(smi)
    }

    pub(super) fn of(smi: Smi) -> Self {
        let listener = Listener {
            address: ([127, 0, 0, 1], 0).into(),
            max_body_bytes: 1_000_000,
            bounds: Bounds::default(),
            tls: None,
            kind: web::ListenerKind::Manage { token: TOKEN.parse().unwrap() },
        };
        let server = web::spawn(smi.service.clone(), listener).unwrap();
        Self { smi, server }
    }

    pub(super) fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request =
            Request::builder().method(method).uri(format!("http://{}{path}", self.server.address()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .build()
            .into();
        let mut reply = agent.run(request.body(body).unwrap()).unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        Reply { status: reply.status().as_u16(), headers: reply.headers().clone(), text }
    }

    /// Without a session.
    pub(super) fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], "")
    }

    pub(super) fn get_as(&self, browser: &Browser, path: &str) -> Reply {
        self.call("GET", path, &[("cookie", &browser.cookie)], "")
    }

    /// A page that is there.
    pub(super) fn page(&self, browser: &Browser, path: &str) -> Reply {
        let reply = self.get_as(browser, path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply
    }

    /// Without a session.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.call("POST", path, &[("content-type", "application/x-www-form-urlencoded")], &encoded(fields))
    }

    /// A form with these fields and the token of the session.
    pub(super) fn post_as(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Reply {
        let fields = [fields, &[("form_token", browser.form_token.as_str())]].concat();
        self.post_exactly(browser, path, &fields)
    }

    /// A form with these fields and no other.
    pub(super) fn post_exactly(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Reply {
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("cookie", browser.cookie.as_str())];
        self.call("POST", path, &headers, &encoded(fields))
    }

    /// Goes on with the cookie that an answer set.
    pub(super) fn browser_of(&self, reply: &Reply) -> Browser {
        let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
        let page = self.call("GET", "/", &[("cookie", &cookie)], "");
        assert_eq!(page.status, 200, "{reply:?}");
        Browser { cookie, form_token: page.hidden("form_token").unwrap() }
    }

    /// A form with a file, as a browser sends it: the token first, the file last.
    pub(super) fn upload_as(
        &self,
        browser: &Browser,
        path: &str,
        fields: &[(&str, &str)],
        csv: &str,
    ) -> Reply {
        let token = ("form_token", browser.form_token.as_str());
        self.upload_exactly(browser, path, &[&[token], fields].concat(), csv)
    }

    /// A form with these fields, no other, and a file.
    pub(super) fn upload_exactly(
        &self,
        browser: &Browser,
        path: &str,
        fields: &[(&str, &str)],
        csv: &str,
    ) -> Reply {
        let field = |(name, value): &(&str, &str)| {
            format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{csv}\r\n--limit--\r\n"
        );
        let body = fields.iter().map(field).collect::<String>() + &file;
        let headers =
            [("content-type", "multipart/form-data; boundary=limit"), ("cookie", browser.cookie.as_str())];
        self.call("POST", path, &headers, &body)
    }

    pub(super) fn operator(&self) -> Browser {
        let reply = self.post("/sign-in", &[("name", "Olga"), ("token", TOKEN)]);
        assert_eq!(reply.status, 303, "{reply:?}");
        self.browser_of(&reply)
    }

    pub(super) fn reader(&self) -> Browser {
        let reply = self.post("/sign-in", &[("name", "rita"), ("password", PASSWORD)]);
        assert_eq!(reply.status, 303, "{reply:?}");
        self.browser_of(&reply)
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
