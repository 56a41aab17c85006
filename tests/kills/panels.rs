//! Two panels on one database, each of which may be gone at any moment and comes back elsewhere.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::support::killable::{Program, Starting};

/// The lines that a panel has logged and somebody may want to read.
pub type Log = Arc<Mutex<Vec<String>>>;

/// One of them.
pub struct Panel {
    data: PathBuf,
    /// Its database, if it is not the one in its folder.
    url: Option<String>,
    program: Mutex<Option<Program>>,
    address: RwLock<Option<String>>,
    log: Log,
}

impl Panel {
    /// One that serves.
    pub fn start(data: PathBuf, url: Option<String>, log: &Log) -> Self {
        let panel = Self {
            data,
            url,
            program: Mutex::default(),
            address: RwLock::default(),
            log: Arc::clone(log),
        };
        panel.come_back();
        panel
    }

    /// Where it is to be asked; nowhere while it is gone.
    pub fn address(&self) -> Option<String> {
        self.address.read().expect("an address").clone()
    }

    fn begin(&self) -> Starting {
        let url = self.url.as_deref();
        Starting::on(&self.data, url.map(|url| ("ONEPANEL_DATABASE_URL", url)))
    }

    /// Kills it, whatever it does.
    pub fn kill(&self) {
        // Nobody else begins to ask it; it is struck in the middle of what it was asked already.
        *self.address.write().expect("an address") = None;
        let program = self.program.lock().expect("a program").take();
        program.expect("one that runs").kill();
    }

    /// Begins to start, and is killed after a moment.
    pub fn stumble(&self, moment: impl FnOnce()) {
        let starting = self.begin();
        moment();
        starting.kill();
    }

    /// Starts again.
    pub fn come_back(&self) {
        let log = Arc::clone(&self.log);
        let keep = move |line: String| {
            // That connections are lost is what it is about.
            let is_error = line.contains(" ERROR ") && !line.contains(" r2d2: ");
            if is_error || line.contains("panicked") {
                log.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        };
        let program = self
            .begin()
            .serving(keep)
            .unwrap_or_else(|said| panic!("a panel does not come back: {said:?}"));
        *self.address.write().expect("an address") = Some(program.hosted.clone());
        *self.program.lock().expect("a program") = Some(program);
    }
}
