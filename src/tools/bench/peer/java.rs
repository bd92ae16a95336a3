//! Finds and runs Smart DCC's signing tool: its jar, by the `java` of the search path.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::work::{PeerOperation, ProcessedMessages, on_all_cores, shares};
use crate::tools::bench::process;

/// The jar's path after `npm ci` in `tests/client`.
const JAR: &str = "tests/client/node_modules/@smartdcc/duis-sign-wrap/dist/tool.jar";
/// A driver that makes the tool's calls for many messages in one JVM.
const WARM: &str = include_str!("Warm.java");

/// Smart DCC's signing tool, and the Java to run it with.
#[derive(Clone, Debug)]
pub struct SigningTool {
    jar: PathBuf,
    java: String,
    can_compile: bool,
}

impl SigningTool {
    /// Finds the tool: the file named, or that of the npm package under the current folder.
    ///
    /// # Errors
    /// When the tool or Java is missing.
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
        let output = String::from_utf8_lossy(&version.stderr).into_owned();
        let modules = String::from_utf8_lossy(&java(&["--list-modules"])?.stdout).into_owned();
        Ok(Self {
            jar,
            java: output.lines().find(|line| line.contains("version")).unwrap_or("of no version").to_owned(),
            can_compile: modules.lines().any(|module| module.starts_with("jdk.compiler")),
        })
    }

    /// The path of the jar.
    pub fn jar(&self) -> &Path {
        &self.jar
    }

    /// The version of Java.
    pub fn java(&self) -> &str {
        &self.java
    }

    /// Whether this Java can compile our driver for warm JVMs, as only a JDK can.
    pub const fn can_compile(&self) -> bool {
        self.can_compile
    }
}

fn java(arguments: &[&str]) -> anyhow::Result<Output> {
    let output = Command::new("java").args(arguments).stdin(Stdio::null()).output();
    output.context(
        "`java` does not run; --peer java needs it in the search path (Debian: default-jre-headless)",
    )
}

/// Calls of the tool, with the Supplier's certificate and key.
pub(super) struct ToolCalls<'a> {
    tool: &'a SigningTool,
    folder: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl<'a> ToolCalls<'a> {
    /// Prepares the calls; `folder` is that of the run, with its keys.
    pub(super) fn new(tool: &'a SigningTool, folder: &Path) -> anyhow::Result<Self> {
        let pki = fs::canonicalize(folder.join("pki"))?;
        let (certificate, key) = (pki.join("supplier-1.pem"), pki.join("supplier-1.key"));
        let folder = folder.join("peer");
        fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        fs::write(folder.join("Warm.java"), WARM)?;
        Ok(Self { tool, folder, certificate, key })
    }

    /// Processes each message in a JVM of its own, as the tool's npm package does.
    pub(super) fn in_new_jvms(
        &self,
        operation: PeerOperation,
        messages: &[Vec<u8>],
    ) -> anyhow::Result<ProcessedMessages> {
        let before = process::childrens_cpu();
        let (messages, whole) = on_all_cores(messages, |message| self.start(operation, message))?;
        Ok(ProcessedMessages { messages, whole, cpu: process::childrens_cpu().saturating_sub(before) })
    }

    fn start(&self, operation: PeerOperation, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut command = self.java();
        command.arg(format!("uk.co.smartdcc.boxed.xmldsig.{}", name(operation))).arg("-");
        if let PeerOperation::Sign = operation {
            command.arg("--preserveCounter");
        }
        let mut jvm = self.with_keys(&mut command, operation).stderr(Stdio::piped()).spawn()?;
        // The write fails where the JVM ends early; its standard error then has the reason.
        drop(jvm.stdin.take().map(|mut stdin| stdin.write_all(message)));
        let output = jvm.wait_with_output()?;
        if !output.status.success() {
            bail!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(output.stdout)
    }

    /// Processes the messages in one JVM for each core, warmed up on its share before it is timed.
    pub(super) fn in_warm_jvms(
        &self,
        operation: PeerOperation,
        messages: &[Vec<u8>],
    ) -> anyhow::Result<ProcessedMessages> {
        let mut jvms = Vec::new();
        for (number, share) in shares(messages).enumerate() {
            let folder = self.folder.join(format!("{}-{number}", name(operation)));
            write_all(&folder, share)?;
            jvms.push(WarmJvm::start(self, operation, folder, share.len())?);
        }
        jvms.iter_mut().try_for_each(|jvm| jvm.hear("ready"))?;
        let cpu = |jvms: &[WarmJvm]| jvms.iter().map(WarmJvm::cpu).sum::<Duration>();
        let before = cpu(&jvms);
        let begin = Instant::now();
        jvms.iter_mut().try_for_each(WarmJvm::go)?;
        jvms.iter_mut().try_for_each(|jvm| jvm.hear("done"))?;
        let (whole, cpu) = (begin.elapsed(), cpu(&jvms).saturating_sub(before));
        let mut done = Vec::with_capacity(messages.len());
        for jvm in jvms {
            done.extend(jvm.finish()?);
        }
        Ok(ProcessedMessages { messages: done, whole, cpu })
    }

    fn java(&self) -> Command {
        let mut command = Command::new("java");
        command.arg("-cp").arg(self.tool.jar());
        command
    }

    fn with_keys<'c>(&self, command: &'c mut Command, operation: PeerOperation) -> &'c mut Command {
        command.arg(&self.certificate);
        if let PeerOperation::Sign = operation {
            command.arg(&self.key);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped())
    }
}

/// The name of the tool's class.
const fn name(operation: PeerOperation) -> &'static str {
    match operation {
        PeerOperation::Sign => "Sign",
        PeerOperation::Validate => "Validate",
    }
}

fn write_all(folder: &Path, messages: &[Vec<u8>]) -> io::Result<()> {
    fs::create_dir(folder)?;
    messages
        .iter()
        .enumerate()
        .try_for_each(|(at, message)| fs::write(folder.join(format!("{at}.in")), message))
}

/// A warm JVM with our driver; dropping this kills it.
struct WarmJvm {
    jvm: Child,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    count: usize,
}

impl WarmJvm {
    fn start(
        calls: &ToolCalls<'_>,
        operation: PeerOperation,
        folder: PathBuf,
        count: usize,
    ) -> anyhow::Result<Self> {
        let mut command = calls.java();
        command.arg(calls.folder.join("Warm.java")).args([name(operation), &count.to_string()]);
        let words = fs::File::create(folder.join("words"))?;
        let mut jvm = calls.with_keys(&mut command, operation).current_dir(&folder).stderr(words).spawn()?;
        let output = jvm.stdout.take().context("a JVM without standard output")?;
        Ok(Self { jvm, output: BufReader::new(output), folder, count })
    }

    /// Waits for a word of the driver's protocol: `ready`, `done`.
    fn hear(&mut self, word: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
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

    /// Waits for the output, in the order of the messages.
    fn finish(mut self) -> anyhow::Result<Vec<Vec<u8>>> {
        // Standard output ends when the driver has written all files.
        self.output.read_to_end(&mut Vec::new())?;
        let read = |at| fs::read(self.folder.join(format!("{at}.out")));
        Ok((0..self.count).map(read).collect::<io::Result<_>>()?)
    }
}

impl Drop for WarmJvm {
    fn drop(&mut self) {
        // Errors are of no interest: it may have ended already.
        drop(self.jvm.kill());
        drop(self.jvm.wait());
    }
}
