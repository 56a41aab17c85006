//! Reading a backup, twice: the first time to see that it is whole, the second time to use it.

use std::io::{BufRead, Read as _, Seek};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use super::{
    Copied, CopyError, KeyBytes,
    fill::{Source, Take, fill},
    format::{BEGINNING, Counts, FORMAT, Header, SEAL, Section, seal},
};
use crate::{
    domain::Sequence,
    store::{
        self, Conn,
        tables::{Row, Table, Tally},
    },
};

/// The longest line that is read. A row is a few MiB at most.
const LONGEST: u64 = 64 << 20;

/// A backup that is whole, and that this program understands.
pub struct Backup<R> {
    lines: Lines<R>,
    header: Header,
    key: KeyBytes,
}

impl<R: BufRead + Seek> Backup<R> {
    /// Reads all of it.
    ///
    /// # Errors
    /// [`CopyError`] if it is damaged, or nothing that this program can restore.
    pub fn open(input: R) -> Result<Self, CopyError> {
        let mut lines = Lines::new(input);
        if !lines.ahead()?.starts_with(BEGINNING) {
            return Err(CopyError::NoBackup);
        }
        let first = lines.next()?.unwrap_or_default().to_vec();
        while lines.next()?.is_some() {}
        lines.check_seal()?;
        let header: Header = serde_json::from_slice(&first)
            .map_err(|_| CopyError::Foreign("its first line".to_owned()))?;
        check_program(&header)?;
        let key = BASE64_STANDARD.decode(&header.token_key).ok();
        let key = key.and_then(|key| key.try_into().ok());
        let key = key.ok_or_else(|| CopyError::Foreign("the key of tokens".to_owned()))?;
        Ok(Self { lines, header, key })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The secret behind every token in it.
    pub fn key(&self) -> &KeyBytes {
        &self.key
    }

    /// Fills an empty database with it, and does what is to be done `last` before that counts: all of
    /// it or nothing.
    ///
    /// # Errors
    /// [`CopyError`]; the database is as it was.
    pub fn restore(
        mut self,
        conn: &mut Conn,
        last: &mut dyn FnMut(&KeyBytes) -> Result<(), CopyError>,
    ) -> Result<Copied, CopyError> {
        self.lines.rewind()?;
        self.lines.next()?;
        let end = Sequence(self.header.feed);
        let mut reading = Reading { backup: self, last };
        let tables = fill(conn, &mut reading)?;
        Ok(Copied { end, tables })
    }
}

/// A backup that is read for the second time.
struct Reading<'l, R> {
    backup: Backup<R>,
    last: &'l mut dyn FnMut(&KeyBytes) -> Result<(), CopyError>,
}

impl<R: BufRead + Seek> Source for Reading<'_, R> {
    fn rows(&mut self, table: &Table, take: &mut Take<'_>) -> Result<(), CopyError> {
        let foreign = || CopyError::Foreign(format!("the table {}", table.name));
        let lines = &mut self.backup.lines;
        let section = serde_json::to_string(&Section::from(table)).map_err(|_| foreign())?;
        if lines.next()? != Some(section.as_bytes()) {
            return Err(foreign());
        }
        while lines.is_row()? {
            let line = lines.next()?.unwrap_or_default();
            let row: Row = serde_json::from_slice(line).map_err(|_| foreign())?;
            if !table.fits(&row) {
                return Err(foreign());
            }
            take(&serde_json::to_string(&row).map_err(|_| foreign())?)?;
        }
        Ok(())
    }

    fn arrived(&mut self, tables: &[Tally]) -> Result<(), CopyError> {
        let lines = &mut self.backup.lines;
        let counts: Option<Counts> = match lines.next()? {
            Some(line) => serde_json::from_slice(line).ok(),
            None => None,
        };
        if counts != Some(Counts::from(tables)) {
            return Err(CopyError::Foreign("the number of rows".to_owned()));
        }
        if lines.next()?.is_some() {
            return Err(CopyError::Foreign("what follows the tables".to_owned()));
        }
        // It may have changed since it was read first.
        lines.check_seal()?;
        (self.last)(&self.backup.key)
    }
}

/// Only what the same schema wrote is restored: the rows are put where they were, unchanged.
fn check_program(header: &Header) -> Result<(), CopyError> {
    let own = store::schema_steps()?;
    let is_newer = header.schema.iter().any(|step| !own.contains(step));
    if header.format == FORMAT && header.schema == own {
        return Ok(());
    }
    let (age, then) = if is_newer || header.format > FORMAT {
        ("a newer", "")
    } else {
        (
            "an older",
            ", and start this one's panel on what comes of it",
        )
    };
    Err(CopyError::OtherProgram {
        age,
        program: header.program.clone(),
        schema: header.schema.last().cloned().unwrap_or_default(),
        then,
    })
}

/// The lines before the last, which are hashed on the way, and the last.
struct Lines<R> {
    input: R,
    line: Vec<u8>,
    hash: Sha256,
    /// Whether `line` is the last one.
    is_sealed: bool,
}

impl<R: BufRead + Seek> Lines<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            hash: Sha256::new(),
            is_sealed: false,
        }
    }

    /// Begins again.
    fn rewind(&mut self) -> Result<(), CopyError> {
        self.input.rewind().map_err(CopyError::Input)?;
        self.hash = Sha256::new();
        self.is_sealed = false;
        Ok(())
    }

    /// The next line without its end; nothing at the last one.
    fn next(&mut self) -> Result<Option<&[u8]>, CopyError> {
        self.line.clear();
        let mut limited = (&mut self.input).take(LONGEST);
        let read = limited.read_until(b'\n', &mut self.line);
        read.map_err(CopyError::Input)?;
        self.is_sealed = self.line.starts_with(SEAL);
        if self.is_sealed || self.line.is_empty() {
            return Ok(None);
        }
        self.hash.update(&self.line);
        match self.line.strip_suffix(b"\n") {
            Some(line) => Ok(Some(line)),
            None => Err(CopyError::Damaged("it breaks off inside a line")),
        }
    }

    /// Some of what comes next; nothing at the end.
    fn ahead(&mut self) -> Result<&[u8], CopyError> {
        self.input.fill_buf().map_err(CopyError::Input)
    }

    /// Whether a row of the same table is next.
    fn is_row(&mut self) -> Result<bool, CopyError> {
        Ok(self.ahead()?.first() == Some(&b'['))
    }

    /// Checks the last line, which [`Self::next`] came to, and that nothing follows.
    fn check_seal(&mut self) -> Result<(), CopyError> {
        if !self.is_sealed {
            return Err(CopyError::Damaged("its end is missing"));
        }
        if self.line != seal(&self.hash).as_bytes() {
            return Err(CopyError::Damaged("it is not what was written"));
        }
        if self.ahead()?.is_empty() {
            Ok(())
        } else {
            Err(CopyError::Damaged("there is something behind its end"))
        }
    }
}
