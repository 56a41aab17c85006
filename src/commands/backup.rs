//! `onepanel backup`, `restore` and `migrate`.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use onepanel::{
    server::{self, Place},
    service::backup::{Copied, Tally},
    settings::{DataOptions, MoveOptions, Settings},
};

use super::Failure;

/// What `backup` is asked.
#[derive(Args)]
pub struct Backup {
    /// Where to, a file that is not there yet; - for standard output
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: DataOptions,
}

impl Backup {
    /// Writes the backup, and says what is in it.
    pub fn run(self) -> Result<(), Failure> {
        let settings = Settings::data(self.data)?;
        if self.file == Path::new("-") {
            let copied = server::backup(&settings, &Place::Output)?;
            // Standard output is taken.
            let _ = writeln!(io::stderr(), "{}", summary(&copied));
            return Ok(());
        }
        let place = Place::File {
            path: &self.file,
            force: self.force,
        };
        let copied = server::backup(&settings, &place)?;
        Ok(writeln!(io::stdout(), "{}", summary(&copied))?)
    }
}

/// What `restore` is asked.
#[derive(Args)]
pub struct Restore {
    /// A file that `onepanel backup` wrote
    file: PathBuf,
    #[command(flatten)]
    data: DataOptions,
}

impl Restore {
    /// Fills an empty database, and says with what.
    pub fn run(self) -> Result<(), Failure> {
        let settings = Settings::data(self.data)?;
        let copied = server::restore(&settings, &self.file)?;
        Ok(writeln!(io::stdout(), "{}", summary(&copied))?)
    }
}

/// What `migrate` is asked.
#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    ends: MoveOptions,
}

impl Migrate {
    /// Fills an empty database from another, and says with what.
    pub fn run(self) -> Result<(), Failure> {
        let moved = server::migrate(&self.ends.from, &self.ends.to)?;
        writeln!(io::stdout(), "{}", summary(&moved.copied))?;
        if moved.is_outdated() {
            return Err(Failure::Outdated {
                now: moved.source_end.0,
                copied: moved.copied.end.0,
            });
        }
        Ok(())
    }
}

/// Every table, and all of them.
fn summary(copied: &Copied) -> String {
    let line = |tally: &Tally| format!("{:<19} {}", tally.table, tally.rows);
    let lines: Vec<_> = copied.tables.iter().map(line).collect();
    let lines = lines.join("\n");
    let (rows, end) = (copied.rows(), copied.end.0);
    format!("{lines}\n{rows} rows, everything up to event {end}")
}
