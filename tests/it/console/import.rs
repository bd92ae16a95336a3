//! Import: a file is uploaded, checked and imported; what is wrong with one is told, and of two people the second learns of the first.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use smi::store::Kind;

use super::harness::{Browser, Console, PASSWORD, Reply, TOKEN};

const HOSTILE: &str = "<script>alert('x')</script> & =1+1";

/// A form with a file, as a browser sends it: the token first, the file last.
fn form(token: Option<&str>, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> (String, String) {
    let token = token.map(|token| ("form_token", token));
    let fields = token.iter().chain(fields).map(|(name, value)| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    let file = file.map(|(name, csv)| {
        format!(
            "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n{csv}\r\n"
        )
    });
    let body = fields.chain(file).collect::<String>() + "--limit--\r\n";
    ("multipart/form-data; boundary=limit".to_owned(), body)
}

fn send(console: &Console, browser: Option<&Browser>, (media_type, body): &(String, String)) -> Reply {
    let cookie = browser.map(|browser| ("cookie", browser.cookie.as_str()));
    let headers = [("content-type", media_type.as_str())];
    let headers = headers.into_iter().chain(cookie).collect::<Vec<_>>();
    console.call("POST", "/import/check", &headers, body)
}

fn upload(console: &Console, browser: &Browser, fields: &[(&str, &str)], name: &str, csv: &str) -> Reply {
    send(console, Some(browser), &form(Some(&browser.form_token), fields, Some((name, csv))))
}

/// The page that an answer leads to.
fn led_to(console: &Console, browser: &Browser, reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    console.page(browser, reply.header("location")).main()
}

/// What the form on the page of a check says was seen.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn users(console: &Console, name: &str) -> String {
    console.smi.exported(Kind::Users).replacen("Alder Energy (invented)", name, 1)
}

#[test]
fn a_bad_import_is_corrected_previewed_and_done() {
    let console = Console::start();
    let (operator, reader) = (console.operator(), console.reader());
    let before = console.page(&reader, "/import").main();
    assert!(before.contains("<td><span class=\"none\">a program</span></td>"), "{before}");
    assert!(!before.contains("<form") && before.contains("device_id, device_type"), "{before}");
    // A bad file: each fault with its line, column, value and reason, and nothing imported.
    let bad = format!("user_id,status\n90-B3-D5-1F-30-01-00-00,Active\nnobody,{HOSTILE}\n");
    let checked = led_to(&console, &operator, &upload(&console, &operator, &[], "<b>.csv", &bad));
    for told in [
        "&#60;b&#62;.csv: users",
        "The file cannot be imported. Faults: 2. Nothing was changed.",
        "<td class=\"number\">3</td>\n<td>user_id</td>\n<td class=\"text\">nobody</td>",
        "<td>status</td>\n<td class=\"text\">&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62; &#38; =1+1</td>",
    ] {
        assert!(checked.contains(told), "{told}: {checked}");
    }
    assert!(!checked.contains("name=\"seen\""), "{checked}");
    // The corrected one: what it would change, and then what it did.
    let good = users(&console, HOSTILE);
    let checked =
        led_to(&console, &operator, &upload(&console, &operator, &[("kind", "")], "folder/users.csv", &good));
    insta::assert_snapshot!("checked", checked.replace(&operator.form_token, "[token]"));
    assert!(!console.page(&operator, "/users").main().contains("&#60;script"));
    let for_reader = console.page(&reader, "/jobs/2").main();
    assert!(for_reader.contains("this is what its import would do") && !for_reader.contains("<form"));
    let again = console.post_as(&operator, "/import/2/check", &[]);
    assert_eq!(seen(&led_to(&console, &operator, &again)), seen(&checked));
    let run = console.post_as(&operator, "/import/2/run", &[("seen", &seen(&checked))]);
    let done = led_to(&console, &operator, &run);
    assert!(done.contains("The file was imported. This is what it did."), "{done}");
    assert!(console.page(&operator, "/users").main().contains("&#60;script&#62;alert"));
    let last = console.page(&reader, "/import").main();
    let row = "1 Jun 2026, 13:00:00 BST</time></td>\n<td>Olga</td>\n<td class=\"text\">users.csv</td>\n\
        <td class=\"number\">4</td><td class=\"number\">0</td><td class=\"number\">1</td><td class=\"number\">3</td>";
    assert!(last.contains(row), "{last}");
    let jobs = console.page(&reader, "/jobs").main();
    assert!(jobs.contains("users.csv: 0 new, 1 changed, 3 unchanged, 0 removed"), "{jobs}");
    assert!(jobs.contains("&#60;b&#62;.csv: faults: 2"), "{jobs}");
    // The file is gone, and what the check said is out of date.
    let gone = console.post_as(&operator, "/import/2/run", &[("seen", &seen(&checked))]);
    assert!(gone.status == 410 && gone.text.contains("Upload it again."), "{}", gone.text);
    let old = console.page(&operator, "/jobs/2").main();
    assert!(old.contains("so this is out of date") && !old.contains("<form"), "{old}");
}

#[test]
fn every_kind_is_recognised_and_checked_and_a_moved_clock_forgets_no_file() {
    let console = Console::start();
    let operator = console.operator();
    for kind in Kind::ALL {
        let csv = console.smi.exported(*kind);
        let reply = upload(&console, &operator, &[("region", "all"), ("empty", "true")], "a.csv", &csv);
        let page = led_to(&console, &operator, &reply);
        assert!(page.contains(&format!("a.csv: {kind}")) && page.contains("no faults"), "{kind}: {page}");
    }
    console.smi.move_to("2026-06-03T12:00:00Z");
    let operator = console.operator();
    // The last one: only so many files are kept.
    let last = Kind::ALL.len();
    let page = console.page(&operator, &format!("/jobs/{last}")).main();
    assert!(page.contains(&format!("action=\"/import/{last}/run\"")), "{page}");
    // Chosen is what counts: a file of another kind is told what is missing.
    let devices = console.smi.exported(Kind::Devices);
    let page =
        led_to(&console, &operator, &upload(&console, &operator, &[("kind", "users")], "a.csv", &devices));
    assert!(page.contains("unknown column; known are user_id"), "{page}");
    // An inventory that is emptied takes the files with it.
    let reset = console.post_as(&operator, "/test-bench/reset", &[("word", "empty")]);
    assert_eq!(reset.status, 303, "{}", reset.text);
    assert_eq!(console.post_as(&operator, &format!("/import/{last}/check"), &[]).status, 410);
    assert!(console.page(&operator, "/import").main().contains("nothing was imported yet"));
}

#[test]
fn of_two_who_import_one_kind_the_second_is_told_what_the_first_did() {
    let console = Console::start();
    let olga = console.operator();
    let olive = console.browser_of(&console.post("/sign-in", &[("name", "olive"), ("password", PASSWORD)]));
    let (hers, other) = (users(&console, "Elm Energy"), users(&console, "Fir Energy"));
    let first = led_to(&console, &olga, &upload(&console, &olga, &[], "elm.csv", &hers));
    let second = led_to(&console, &olive, &upload(&console, &olive, &[], "fir.csv", &other));
    let run = console.post_as(&olga, "/import/1/run", &[("seen", &seen(&first))]);
    assert_eq!(run.status, 303, "{}", run.text);
    let refused = console.post_as(&olive, "/import/2/run", &[("seen", &seen(&second))]);
    assert_eq!(refused.status, 409, "{}", refused.text);
    let told = "Olga imported users from elm.csv at 1 Jun 2026, 13:00:00 BST: 0 new, 1 changed, 3 unchanged, 0 removed.";
    assert!(refused.text.contains(told), "{}", refused.text);
    assert!(!console.smi.exported(Kind::Users).contains("Fir Energy"));
    let page = console.page(&olive, "/jobs/2").main();
    assert!(page.contains("out of date") && !page.contains("/import/2/run"), "{page}");
    // Checked again, it is seen beside what the first one did. Another kind is no matter, and a program counts as well.
    let again = led_to(&console, &olive, &console.post_as(&olive, "/import/2/check", &[]));
    assert!(
        again.contains("<td class=\"value\">Elm Energy</td>\n<td class=\"value\">Fir Energy</td>"),
        "{again}"
    );
    console.smi.import(Kind::Registrations, &console.smi.exported(Kind::Registrations));
    assert!(console.page(&olive, "/jobs/4").main().contains("/import/2/run"));
    console.smi.import(Kind::Users, &hers);
    let refused = console.post_as(&olive, "/import/2/run", &[("seen", &seen(&again))]);
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("A program imported users from unnamed at"), "{}", refused.text);
    let again = led_to(&console, &olive, &console.post_as(&olive, "/import/2/check", &[]));
    let run = console.post_as(&olive, "/import/2/run", &[("seen", &seen(&again))]);
    assert!(led_to(&console, &olive, &run).contains("The file was imported."));
    assert!(console.smi.exported(Kind::Users).contains("Fir Energy"));
    for (number, seen, status) in [("9", "1", 410), ("x", "1", 404), ("1", "x", 400)] {
        let path = format!("/import/{number}/run");
        assert_eq!(console.post_as(&olga, &path, &[("seen", seen)]).status, status, "{path}");
    }
}

/// A form whose token stands behind its file, where it is not looked for.
fn with_token_behind(token: &str, file: Option<(&str, &str)>) -> (String, String) {
    let (media_type, body) = form(None, &[], file);
    let behind = "--limit\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n";
    (media_type, format!("{}{token}\r\n--limit--\r\n", body.replace("--limit--\r\n", behind)))
}

/// The answer to a form that says it is longer than it may be.
fn declared_too_long(console: &Console, browser: &Browser) -> String {
    let address = console.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /import/check HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nContent-Type: multipart/form-data; \
         boundary=limit\r\nContent-Length: 1000001\r\n\r\n",
        browser.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_file_is_taken_of_an_operator_with_a_session_and_its_token_alone() {
    let console = Console::start();
    let (operator, reader, other) = (console.operator(), console.reader(), console.operator());
    let csv = users(&console, "Elm Energy");
    let file = Some(("users.csv", csv.as_str()));
    let (own, foreign) = (operator.form_token.as_str(), other.form_token.as_str());
    let as_operator = |sent: &(String, String)| send(&console, Some(&operator), sent);
    for sent in [
        form(None, &[], file),
        form(Some(foreign), &[], file),
        form(Some(foreign), &[("form_token", own)], file),
        with_token_behind(own, file),
    ] {
        assert_eq!(as_operator(&sent).status, 403, "{sent:?}");
    }
    assert_eq!(send(&console, Some(&reader), &form(Some(&reader.form_token), &[], file)).status, 403);
    for path in ["/import/1/check", "/import/1/run"] {
        assert_eq!(console.post_as(&reader, path, &[("seen", "1")]).status, 403, "{path}");
        assert_eq!(console.post(path, &[]).status, 401, "{path}");
        assert_eq!(console.get_as(&operator, path).status, 405, "{path}");
    }
    assert_eq!(console.get("/import").status, 303);
    // What is no form with a file, or a file that cannot be taken.
    let long = "x".repeat(1_025);
    let many = (0..17).map(|_| ("kind", "users")).collect::<Vec<_>>();
    for (sent, status, told) in [
        (("multipart/form-data".to_owned(), form(Some(own), &[], file).1), 400, "cannot be read"),
        (("text/csv".to_owned(), csv.clone()), 415, "This form is sent as multipart/form-data."),
        (("multipart/form-data; boundary=limit".to_owned(), "--limit".to_owned()), 400, "The form"),
        (form(Some(own), &[("kind", &long)], file), 400, "of more than 1024 bytes"),
        (form(Some(own), &many, file), 400, "more than 16 fields"),
        (form(Some(own), &[], None), 400, "no file was chosen, or it is empty"),
        (form(Some(own), &[], Some(("", ""))), 400, "no file was chosen, or it is empty"),
        (
            form(Some(own), &[], Some(("a.csv", "<script>,b\n1,2\n"))),
            400,
            "Field `kind`: the first line of the file fits no kind",
        ),
        (form(Some(own), &[("kind", "<script>")], file), 400, "Field `kind`: `&#60;script&#62;` is not"),
        (form(Some(own), &[("region", "Mars")], file), 400, "Field `region`"),
        (form(Some(own), &[("rows", "-1")], file), 400, "Field `rows`"),
    ] {
        let reply = as_operator(&sent);
        assert_eq!(reply.status, status, "{told}: {}", reply.text);
        assert!(reply.text.contains(told) && !reply.text.contains("<script>"), "{told}: {}", reply.text);
    }
    let urlencoded = console.post_as(&operator, "/import/check", &[]);
    assert_eq!(urlencoded.status, 415, "{}", urlencoded.text);
    let too_long = declared_too_long(&console, &operator);
    assert!(
        too_long.starts_with("HTTP/1.1 413") && too_long.contains("The form did not arrive whole"),
        "{too_long}"
    );
    assert!(console.smi.service.console_jobs().is_empty());
    assert_eq!(console.get_as(&operator, "/import?colour=red").status, 400);
}

#[test]
fn a_session_that_ends_on_the_way_loses_the_file_and_nothing_else() {
    let console = Console::start();
    let operator = console.operator();
    let csv = users(&console, "Elm Energy");
    let checked = led_to(&console, &operator, &upload(&console, &operator, &[], "users.csv", &csv));
    console.smi.move_to("2026-06-02T12:00:00Z");
    // A browser does not keep a file: it is chosen again, where the rest is still filled in.
    let fields = [("kind", "coverage"), ("region", "all"), ("rows", "15")];
    let asked = upload(&console, &operator, &fields, "users.csv", &csv);
    assert_eq!(asked.status, 401);
    assert!(
        asked.text.contains("the file was not taken. Sign in again, and choose it again."),
        "{}",
        asked.text
    );
    let to = asked.hidden("to").unwrap().replace("&#38;", "&");
    assert_eq!(to, "/import?kind=coverage&region=all&rows=15");
    let opened = console.post("/sign-in", &[("name", "Olga"), ("token", TOKEN), ("to", &to)]);
    assert_eq!((opened.status, opened.header("location")), (303, to.as_str()));
    let operator = console.browser_of(&opened);
    let page = console.page(&operator, &to).main();
    for filled in [
        "value=\"coverage\" selected",
        "value=\"all\" selected",
        "value=\"15\"",
        "<details class=\"filters\" open>",
    ] {
        assert!(page.contains(filled), "{filled}: {page}");
    }
    // The import itself is kept, and sent again: the file waits meanwhile.
    let asked = console.post("/import/1/run", &[("seen", &seen(&checked))]);
    assert_eq!((asked.status, asked.hidden("carried.seen")), (401, Some(seen(&checked))));
    let sent =
        console.post_as(&operator, "/import/1/run", &[("seen", &asked.hidden("carried.seen").unwrap())]);
    assert!(led_to(&console, &operator, &sent).contains("The file was imported."));
    assert!(console.smi.exported(Kind::Users).contains("Elm Energy"));
}
