//! The command line, and nothing else: what is asked for is read here and done elsewhere.

mod commands;

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use mimalloc::MiMalloc;
use onepanel::{
    client,
    domain::Password,
    log,
    server::{self, Crashed, Signals, StartError},
    service::{
        self, Input, Panel, Request, demo,
        import::{ImportFailure, Stage, Tally, import},
    },
    settings::{ClusterOption, DataOptions, LogFormat, ServeOptions, Settings, SettingsError},
};

/// What a thread allocates another often frees here, which this one does not mind.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The administration panel of a cluster
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the hosted and the emergency interface
    Serve(Serve),
    /// Serve a made-up research organisation on this machine, to look around in
    Demo(Serve),
    /// Take over users, groups and memberships from a SCIM 2.0 list
    ///
    /// Everything is imported or nothing. Names of those who are there already follow the
    /// list, who is inactive there is blocked, nobody is removed or unblocked, and the same list
    /// again changes nothing.
    Import {
        /// The list, in JSON (`ListResponse`); - for standard input
        file: PathBuf,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Look after user accounts; passwords are asked for, or read from standard input
    #[command(subcommand)]
    User(User),
    /// Look after the emergency passphrase
    #[command(subcommand)]
    Passphrase(Passphrase),
    /// Write everything that the panel keeps to one file, while it runs
    ///
    /// It holds the hashes of passwords and the key of all tokens: keep it as safe as the panel.
    Backup(commands::Backup),
    /// Fill an empty database, and a data directory without a key, from a backup
    ///
    /// The whole file is checked first. Everything is restored or nothing.
    Restore(commands::Restore),
    /// Copy everything from one database into another that is empty, of either kind
    ///
    /// Stop the panels first. Everything is copied and compared, or nothing. The data directory,
    /// with the key of all tokens and the certificate, goes on being used.
    Migrate(commands::Migrate),
    /// Check everything that the panel keeps: database, feed, graph, key, certificates and clock
    ///
    /// Changes nothing, and panels may run. Give the options that `serve` is given. Fails if there
    /// is a problem; a warning is none.
    Check(commands::Check),
    /// Ask a running panel's JSON API anything
    Api(client::Api),
    /// Look after the members of a cluster, at a running panel
    Members(client::Members),
}

#[derive(Subcommand)]
enum Passphrase {
    /// Set the emergency passphrase of a cluster, and end its emergency sessions; it is asked for, or read from
    /// standard input. The panel may be running.
    Set {
        #[command(flatten)]
        cluster: ClusterOption,
        #[command(flatten)]
        data: DataOptions,
    },
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    serve: ServeOptions,
}

#[derive(Subcommand)]
enum User {
    /// Create a user who signs in with NAME and a password
    Create {
        /// What the user signs in with
        name: String,
        /// What the user is called [default: NAME]
        #[arg(long, value_name = "NAME")]
        full_name: Option<String>,
        /// Let the user administer the whole zone
        #[arg(long)]
        zone_admin: bool,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Set the password of the user who signs in with NAME, and end the user's sessions
    SetPassword {
        /// What the user signs in with
        name: String,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Block the user who signs in with NAME, and end the user's sessions
    Block {
        /// What the user signs in with
        name: String,
        #[command(flatten)]
        data: DataOptions,
    },
}

/// Why nothing, or not everything, was done. One line each.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Crashed(#[from] Crashed),
    #[error("{}", reason(.0))]
    Refused(#[from] service::Error),
    #[error("{path}: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path}: {reason}")]
    Import { path: String, reason: ImportFailure },
    #[error("nobody signs in with the name {0:?}")]
    NoSuchUser(String),
    #[error("the two passwords differ; nothing was changed")]
    Mistyped,
    #[error(transparent)]
    Client(#[from] client::Failure),
    #[error(transparent)]
    Upkeep(#[from] commands::Failure),
    #[error("the console or the temporary folder: {0}")]
    Io(#[from] io::Error),
}

impl Failure {
    /// 2 for what the command line or the configuration says, as for an unknown option; 1 otherwise.
    /// Clients of a running panel tell more apart.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Client(failure) => ExitCode::from(failure.exit_code()),
            Self::Settings(_) => ExitCode::from(2),
            Self::Start(failure) if failure.is_wrong_use() => ExitCode::from(2),
            Self::Upkeep(failure) if failure.is_wrong_use() => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// The console may see what went wrong inside.
fn reason(error: &service::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(Failure::Client(failure)) if failure.is_closed_output() => ExitCode::SUCCESS,
        Err(failure) => {
            let line = failure.to_string().replace('\n', " ");
            // There is nowhere left to complain.
            let _ = writeln!(io::stderr(), "onepanel: {line}");
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    // What serves says in its settings how.
    if !matches!(command, Command::Serve(_) | Command::Demo(_)) {
        log::start(LogFormat::Text);
    }
    match command {
        Command::Check(check) => return Ok(check.run()?),
        Command::Serve(options) => serve(options)?,
        Command::Demo(options) => serve_demo(options)?,
        Command::Import { file, data } => import_file(&file, data)?,
        Command::User(user) => look_after(user)?,
        Command::Passphrase(Passphrase::Set { cluster, data }) => set_passphrase(data, cluster)?,
        Command::Backup(backup) => backup.run()?,
        Command::Restore(restore) => restore.run()?,
        Command::Migrate(migrate) => migrate.run()?,
        Command::Api(api) => api.run()?,
        Command::Members(members) => members.run()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(options: Serve) -> Result<(), Failure> {
    let settings = Settings::serve(options.data, options.serve)?;
    log::start(settings.log_format);
    let (data, cluster) = (settings.data_dir.clone(), settings.cluster.clone());
    let mut signals = Signals::listen()?;
    let starting = server::start(settings)?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        data = %data.display(),
        %cluster,
        "started"
    );
    let Some(running) = starting.ready_unless_told(&mut signals)? else {
        return Ok(());
    };
    let at = running.at;
    tracing::info!(
        hosted = %format_args!("https://{}", at.hosted),
        emergency = %format_args!("https://{}", at.emergency),
        metrics = at.metrics.map(|address| format!("http://{address}/metrics")),
        "serving"
    );
    if let Some(secret) = &running.setup {
        // To the console only: the link is a secret, and logs are kept.
        say(&format!(
            "This panel is fresh. Set it up here, once:\n\n  https://localhost:{}/setup/{}\n\n",
            at.emergency.port(),
            secret.reveal()
        ));
    }
    Ok(running.wait(signals)?)
}

/// Tells whoever watches the console, at once. A panel does not stop because nobody does.
fn say(text: &str) {
    if let Err(error) = io::stdout().write_all(text.as_bytes()) {
        tracing::warn!(%error, "nobody reads what the panel says at its start");
    }
}

fn serve_demo(options: Serve) -> Result<(), Failure> {
    // Removed when the demo ends, whether it was needed or not.
    let temporary = tempfile::Builder::new()
        .prefix("onepanel-demo-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()?;
    let settings = Settings::demo(options.data, options.serve, temporary.path())?;
    log::start(settings.log_format);
    let signals = Signals::listen()?;
    let running = server::start_demo(settings)?.ready()?;
    say(&format!(
        "The demo is ready; Ctrl-C ends it.\n\n  \
         hosted interface     https://localhost:{}\n  \
         emergency interface  https://localhost:{}\n\n\
         The certificate is signed by the demo itself, so the browser asks whether to go on.\n\
         Sign in as one of these; all passwords are {}:\n\n{}\n",
        running.at.hosted.port(),
        running.at.emergency.port(),
        demo::PASSWORD,
        demo::ACCOUNTS,
    ));
    Ok(running.wait(signals)?)
}

fn import_file(file: &PathBuf, data: DataOptions) -> Result<(), Failure> {
    let settings = Settings::data(data)?;
    let path = file.display().to_string();
    let json = if path == "-" {
        let mut json = Vec::new();
        io::stdin().lock().read_to_end(&mut json).map(|_| json)
    } else {
        fs::read(file)
    };
    let json = json.map_err(|source| Failure::Unreadable {
        path: path.clone(),
        source,
    })?;
    let panel = server::open_panel(&settings)?;
    let tell = |stage: Stage| {
        // An import does not fail because nobody reads about it.
        let _ = writeln!(io::stderr(), "{stage}");
    };
    let report = import(&panel, &json, tell).map_err(|reason| Failure::Import { path, reason })?;
    let line = |what: &str, tally: Tally| {
        let Tally {
            created,
            changed,
            skipped,
        } = tally;
        writeln!(
            io::stdout(),
            "{what:<12} {created} created, {changed} changed, {skipped} skipped"
        )
    };
    line("users", report.users)?;
    line("groups", report.groups)?;
    line("memberships", report.memberships)?;
    Ok(())
}

fn look_after(user: User) -> Result<(), Failure> {
    match user {
        User::Create {
            name,
            full_name,
            zone_admin,
            data,
        } => {
            let panel = server::open_panel(&Settings::data(data)?)?;
            let full_name = full_name.unwrap_or_else(|| name.clone());
            create_user(&panel, name, full_name, zone_admin)
        }
        User::SetPassword { name, data } => {
            let panel = server::open_panel(&Settings::data(data)?)?;
            let password = Password::parse(&ask_for_password()?).map_err(service::Error::from)?;
            let permit = panel.passwords.console_permit()?;
            panel
                .set_password(&permit, &name, &password)
                .map_err(|error| about(name, error))
        }
        User::Block { name, data } => {
            let panel = server::open_panel(&Settings::data(data)?)?;
            panel.block(&name).map_err(|error| about(name, error))
        }
    }
}

fn set_passphrase(data: DataOptions, cluster: ClusterOption) -> Result<(), Failure> {
    let panel = server::open_cluster_panel(&Settings::of_cluster(data, cluster)?)?;
    let passphrase = Password::parse(&ask_for_password()?).map_err(service::Error::from)?;
    let permit = panel.emergency_passwords.console_permit()?;
    Ok(panel.set_passphrase(&permit, &passphrase)?)
}

fn create_user(
    panel: &Panel,
    name: String,
    full_name: String,
    zone_admin: bool,
) -> Result<(), Failure> {
    let input = Input::Form(vec![
        ("username".to_owned(), name),
        ("fullName".to_owned(), full_name),
        ("password".to_owned(), ask_for_password()?),
    ]);
    let permit = panel.passwords.console_permit()?;
    let id = panel.create_user(&Request::console(), &permit, &input, zone_admin)?;
    writeln!(io::stdout(), "{id}")?;
    Ok(())
}

fn about(name: String, error: service::Error) -> Failure {
    match error {
        service::Error::NotFound => Failure::NoSuchUser(name),
        other => Failure::Refused(other),
    }
}

/// Asks twice at a terminal; otherwise takes the first line of standard input.
fn ask_for_password() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ")?;
    if password == rpassword::prompt_password("The same again: ")? {
        Ok(password)
    } else {
        Err(Failure::Mistyped)
    }
}
