//! Uploaded files: the check of one, and its import, as jobs. Both make the call that `PUT /manage/import/{kind}` makes.

use super::{
    CheckResult, ImportResult, JobFailure, JobKind, JobProgress, JobRefused, JobResult, PersonName,
    UploadedFile,
    import_result::{FileFaults, ImportUpload, shortened_outcome},
    uploads::{Upload, UploadReader},
};
use crate::{
    service::{App, Fault},
    store::{self, Kind, KindImports, LastImport, Origin},
};

/// The beginning of a file that its header is looked for in.
const MAX_HEADER: usize = 65_536;

/// A kind of CSV file, and what was imported of it.
#[derive(Clone, Debug)]
pub struct ImportKind {
    /// The kind.
    pub kind: Kind,
    /// The columns that a file must have.
    pub required: &'static [&'static str],
    /// All that it may have.
    pub columns: &'static [&'static str],
    /// The last import; none before the first.
    pub last: Option<LastImport>,
}

/// Why nothing was started for an uploaded file.
#[derive(Debug, thiserror::Error)]
pub enum UploadRefused {
    /// It is kept no more.
    #[error("the file is kept no more")]
    Gone,
    /// Its header fits no kind.
    #[error("its header fits no kind")]
    UnknownKind,
    /// It cannot be kept.
    #[error("it cannot be kept: {0}")]
    NotKept(#[from] std::io::Error),
    /// Something of its kind was imported since it was checked.
    #[error("something of its kind was imported since it was checked")]
    Overtaken(Box<Overtaken>),
    /// No job can be started.
    #[error(transparent)]
    Job(#[from] JobRefused),
    /// The store fails.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// An uploaded file that was overtaken, and what was imported last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// The file.
    pub file: UploadedFile,
    /// The last import of its kind, as far as one was recorded.
    pub last: Option<LastImport>,
}

impl App {
    /// The kinds of CSV files, in the order in which a whole inventory is imported.
    ///
    /// # Errors
    /// When the store fails.
    pub fn import_kinds(&self) -> Result<Vec<ImportKind>, Fault> {
        self.store().read(|connection| {
            let kinds = Kind::ALL.iter().map(|kind| {
                let last = store::imports_of_kind(connection, *kind)?.last;
                Ok(ImportKind {
                    kind: *kind,
                    required: kind.required_columns(),
                    columns: kind.columns(),
                    last,
                })
            });
            kinds.collect()
        })
    }

    /// What is known of the imports of a kind.
    ///
    /// # Errors
    /// When the store fails.
    pub fn imports_of_kind(&self, kind: Kind) -> Result<KindImports, Fault> {
        self.store().read(|connection| Ok(store::imports_of_kind(connection, kind)?))
    }

    /// Keeps an uploaded file for a while, and starts its check. Its header says its kind where its sender did not. Returns the number of
    /// the job.
    ///
    /// # Errors
    /// When its header fits no kind, or it cannot be kept or checked.
    pub fn check_upload(
        &self,
        kind: Option<Kind>,
        origin: Origin,
        csv: &[u8],
        by: PersonName,
    ) -> Result<u64, UploadRefused> {
        let beginning = csv.get(..MAX_HEADER).unwrap_or(csv);
        let kind = kind.or_else(|| Kind::of_header(beginning)).ok_or(UploadRefused::UnknownKind)?;
        let (name, bytes) = (origin.name.clone(), csv.len() as u64);
        let number = self.0.console.uploads.keep(ImportUpload { name, kind, bytes, origin }, csv)?;
        let started = self.start_check(number, by);
        if started.is_err() {
            self.0.console.uploads.remove(number);
        }
        started
    }

    /// Starts the check of an uploaded file: what its import would do. Returns the number of the job.
    ///
    /// # Errors
    /// When the file is kept no more, as many as may be are checked already, or the service stops.
    pub fn start_check(&self, number: u64, by: PersonName) -> Result<u64, UploadRefused> {
        let upload = self.upload(number)?;
        let app = self.clone();
        let work = move |progress: &JobProgress| check(&app, &upload, progress);
        Ok(self.0.console.jobs.start(JobKind::ImportCheck, by, self.clock().clone(), work)?)
    }

    /// Starts the import of an uploaded file. `seen` is the number of imports of its kind under which it was checked. Returns the number
    /// of the job.
    ///
    /// # Errors
    /// When the file is kept no more, something of its kind was imported since, another import runs, or the service stops.
    pub fn start_import(&self, number: u64, seen: i64, by: PersonName) -> Result<u64, UploadRefused> {
        let upload = self.upload(number)?;
        let KindImports { number, last } = self.imports_of_kind(upload.about.kind)?;
        // The import looks again in its own transaction. Here its sender is told at once.
        if number != seen {
            return Err(UploadRefused::Overtaken(Box::new(Overtaken {
                file: upload.about.file(upload.number),
                last,
            })));
        }
        let (app, importer) = (self.clone(), by.clone());
        let work = move |progress: &JobProgress| import(&app, &upload, seen, &importer, progress);
        Ok(self.0.console.jobs.start(JobKind::Import, by, self.clock().clone(), work)?)
    }

    /// Whether an uploaded file is still kept.
    pub fn is_upload_kept(&self, number: u64) -> bool {
        self.0.console.uploads.find(number).is_some()
    }

    /// Forgets uploaded files whose time has passed.
    pub(in crate::service) fn forget_old_uploads(&self) {
        self.0.console.uploads.forget_old();
        self.0.console.requests.forget_old();
    }

    fn upload(&self, number: u64) -> Result<Upload<ImportUpload>, UploadRefused> {
        self.0.console.uploads.find(number).ok_or(UploadRefused::Gone)
    }
}

fn check(app: &App, upload: &Upload<ImportUpload>, progress: &JobProgress) -> Result<JobResult, JobFailure> {
    let (file, origin) = (upload.about.file(upload.number), &upload.about.origin);
    // Before the check: an import that is made while it goes on makes it out of date.
    let seen = app.imports_of_kind(file.kind).map_err(|fault| {
        tracing::warn!(%fault, "the store failed in a job of the console");
        JobFailure::of("The store failed; the reason is in the service's log.")
    })?;
    let origin = Origin { dry_run: true, ..origin.clone() };
    let outcome = match app.import_reading(file.kind, &mut UploadReader::new(upload, progress), &origin) {
        Ok(imported) => Ok(shortened_outcome(imported)),
        Err(fault) => Err(FileFaults::of(fault).map_err(JobFailure::of)?),
    };
    Ok(JobResult::ImportCheck(CheckResult { file, seen: seen.number, outcome }))
}

fn import(
    app: &App,
    upload: &Upload<ImportUpload>,
    seen: i64,
    by: &PersonName,
    progress: &JobProgress,
) -> Result<JobResult, JobFailure> {
    let (file, origin) = (upload.about.file(upload.number), &upload.about.origin);
    let origin = Origin { by: Some(by.to_string()), seen: Some(seen), ..origin.clone() };
    match app.import_reading(file.kind, &mut UploadReader::new(upload, progress), &origin) {
        Ok(imported) => {
            tracing::info!(%by, kind = %file.kind, file = file.name, rows = imported.rows, "file imported at the console");
            app.0.console.uploads.remove(file.number);
            Ok(JobResult::Import(ImportResult { file: file.clone(), imported: shortened_outcome(imported) }))
        }
        Err(fault) => Err(match FileFaults::of(fault) {
            Ok(faults) => JobFailure {
                reason: format!("Nothing was imported of {}. Faults: {}.", file.name, faults.total),
                faults: Some(faults),
            },
            Err(reason) => JobFailure::of(format!("{} was not imported. {reason}", file.name)),
        }),
    }
}
