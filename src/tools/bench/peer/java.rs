//! How Smart DCC's signing tool is found and called: its jar, by the Java of the search path.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::acts::{Act, Done, on_all_cores, shares};
use crate::tools::bench::process;

/// Where `npm ci` in `tests/client` puts it.
const JAR: &str = "tests/client/node_modules/@smartdcc/duis-sign-wrap/dist/tool.jar";
/// Calls what the tool calls, without starting a JVM for each message.
const WARM: &str = include_str!("Warm.java");

/// Smart DCC's signing tool, and the Java that runs it.
#[derive(Clone, Debug)]
pub struct Tool {
    jar: PathBuf,
    java: String,
    can_stay: bool,
}

impl Tool {
    /// Finds it: the file named, or that of the npm package under the current folder.
    ///
    /// # Errors
    /// When it, or Java, is not there.
    pub fn find(jar: Option<&Path>) -> anyhow::Result<Self> {
        let jar = match jar {
            Some(jar) => fs::canonicalize(jar).with_context(|| jar.display().to_string())?,
            None => fs::canonicalize(JAR).with_context(|| {
                format!(
                    "no `{JAR}`: `npm ci` in tests/client installs it, and --peer-jar names another place"
                )
            })?,
        };
        let version = java(&["-version"])?;
        let told = String::from_utf8_lossy(&version.stderr).into_owned();
        let modules = String::from_utf8_lossy(&java(&["--list-modules"])?.stdout).into_owned();
        Ok(Self {
            jar,
            java: told.lines().find(|line| line.contains("version")).unwrap_or("of no version").to_owned(),
            can_stay: modules.lines().any(|module| module.starts_with("jdk.compiler")),
        })
    }

    /// Where it is.
    pub fn jar(&self) -> &Path {
        &self.jar
    }

    /// The Java, as it names itself.
    pub fn java(&self) -> &str {
        &self.java
    }

    /// Whether Java compiles our driver, as only a JDK does.
    pub const fn can_stay(&self) -> bool {
        self.can_stay
    }
}

fn java(arguments: &[&str]) -> anyhow::Result<Output> {
    let output = Command::new("java").args(arguments).stdin(Stdio::null()).output();
    output.context(
        "`java` does not run; --peer java needs it in the search path (Debian: default-jre-headless)",
    )
}

/// The tool with our Supplier's certificate and key.
pub(super) struct Calls<'a> {
    tool: &'a Tool,
    folder: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl<'a> Calls<'a> {
    /// `folder` is that of the run, and holds its keys.
    pub(super) fn new(tool: &'a Tool, folder: &Path) -> anyhow::Result<Self> {
        let pki = fs::canonicalize(folder.join("pki"))?;
        let (certificate, key) = (pki.join("supplier-1.pem"), pki.join("supplier-1.key"));
        let folder = folder.join("peer");
        fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        fs::write(folder.join("Warm.java"), WARM)?;
        Ok(Self { tool, folder, certificate, key })
    }

    /// A JVM for each message, called as the tool's npm package calls it.
    pub(super) fn started(&self, act: Act, messages: &[Vec<u8>]) -> anyhow::Result<Done> {
        let before = process::childrens_cpu();
        let (messages, whole) = on_all_cores(messages, |message| self.start(act, message))?;
        Ok(Done { messages, whole, cpu: process::childrens_cpu().saturating_sub(before) })
    }

    fn start(&self, act: Act, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut command = self.java();
        command.arg(format!("uk.co.smartdcc.boxed.xmldsig.{}", name(act))).arg("-");
        if let Act::Sign = act {
            command.arg("--preserveCounter");
        }
        let mut jvm = self.with_keys(&mut command, act).stderr(Stdio::piped()).spawn()?;
        // One that ends before it reads says why.
        drop(jvm.stdin.take().map(|mut stdin| stdin.write_all(message)));
        let output = jvm.wait_with_output()?;
        if !output.status.success() {
            bail!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(output.stdout)
    }

    /// One JVM for each core, which does its share of the messages again and again before it is timed.
    pub(super) fn staying(&self, act: Act, messages: &[Vec<u8>]) -> anyhow::Result<Done> {
        let mut jvms = Vec::new();
        for (number, share) in shares(messages).enumerate() {
            let folder = self.folder.join(format!("{}-{number}", name(act)));
            write_all(&folder, share)?;
            jvms.push(Staying::start(self, act, folder, share.len())?);
        }
        jvms.iter_mut().try_for_each(|jvm| jvm.hear("ready"))?;
        let cpu = |jvms: &[Staying]| jvms.iter().map(Staying::cpu).sum::<Duration>();
        let before = cpu(&jvms);
        let begin = Instant::now();
        jvms.iter_mut().try_for_each(Staying::go)?;
        jvms.iter_mut().try_for_each(|jvm| jvm.hear("done"))?;
        let (whole, cpu) = (begin.elapsed(), cpu(&jvms).saturating_sub(before));
        let mut done = Vec::with_capacity(messages.len());
        for jvm in jvms {
            done.extend(jvm.finish()?);
        }
        Ok(Done { messages: done, whole, cpu })
    }

    fn java(&self) -> Command {
        let mut command = Command::new("java");
        command.arg("-cp").arg(self.tool.jar());
        command
    }

    fn with_keys<'c>(&self, command: &'c mut Command, act: Act) -> &'c mut Command {
        command.arg(&self.certificate);
        if let Act::Sign = act {
            command.arg(&self.key);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped())
    }
}

/// The tool's class.
const fn name(act: Act) -> &'static str {
    match act {
        Act::Sign => "Sign",
        Act::Validate => "Validate",
    }
}

fn write_all(folder: &Path, messages: &[Vec<u8>]) -> io::Result<()> {
    fs::create_dir(folder)?;
    messages
        .iter()
        .enumerate()
        .try_for_each(|(at, message)| fs::write(folder.join(format!("{at}.in")), message))
}

/// A JVM that stays; it is ended when this goes.
struct Staying {
    jvm: Child,
    told: BufReader<ChildStdout>,
    folder: PathBuf,
    count: usize,
}

impl Staying {
    fn start(calls: &Calls<'_>, act: Act, folder: PathBuf, count: usize) -> anyhow::Result<Self> {
        let mut command = calls.java();
        command.arg(calls.folder.join("Warm.java")).args([name(act), &count.to_string()]);
        let words = fs::File::create(folder.join("words"))?;
        let mut jvm = calls.with_keys(&mut command, act).current_dir(&folder).stderr(words).spawn()?;
        let told = jvm.stdout.take().context("a JVM without standard output")?;
        Ok(Self { jvm, told: BufReader::new(told), folder, count })
    }

    /// Waits for that word.
    fn hear(&mut self, word: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        self.told.read_line(&mut line)?;
        if line.trim_end() != word {
            bail!("{line}{}", fs::read_to_string(self.folder.join("words"))?.trim_end());
        }
        Ok(())
    }

    fn go(&mut self) -> io::Result<()> {
        self.jvm.stdin.as_mut().map_or(Ok(()), |stdin| stdin.write_all(b"\n"))
    }

    fn cpu(&self) -> Duration {
        process::cpu(self.jvm.id())
    }

    /// What came out, in the order of the messages.
    fn finish(mut self) -> anyhow::Result<Vec<Vec<u8>>> {
        // Its standard output ends when it has written all.
        self.told.read_to_end(&mut Vec::new())?;
        let read = |at| fs::read(self.folder.join(format!("{at}.out")));
        Ok((0..self.count).map(read).collect::<io::Result<_>>()?)
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.jvm.kill());
        drop(self.jvm.wait());
    }
}
