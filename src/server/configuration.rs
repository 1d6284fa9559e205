//! Settings and catalogs that change during a session, and the effects of a change.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};
use tower_lsp::lsp_types::{MessageType, ShowMessageParams};

use super::catalogs::{self, Loaded};
use super::settings::Settings;
use super::shared::Shared;
use super::tasks;
use crate::explain;
use crate::scan::{Key, Scanner};

/// The most settings and catalog problems in one message.
const MOST_PROBLEMS: usize = 20;

/// The id under which watchers are registered with the client.
const WATCHERS: &str = "catalogs";

/// Why catalog files are read.
enum Reason {
    /// The settings changed.
    Settings(Arc<Settings>),
    /// A file was reported as changed.
    Changed,
    /// To check whether any file has changed.
    Look,
}

impl Shared {
    /// Asks the client for its settings, if it has any.
    pub(super) async fn pull_settings(&self) {
        let pull = || async {
            let items = json!({ "items": [{ "section": "hexplain" }] });
            let answer = self.outbox.ask("workspace/configuration", items).await;
            // `null` means none: keep those of `initialize`.
            if let Some(answer) = answer.filter(|answer| !answer[0].is_null()) {
                self.beside(|shared| async move { shared.apply_settings(&answer[0]).await });
            }
        };
        self.pulling.run(pull).await;
    }

    /// Applies settings and the catalog they name. Settings that arrive while files are being read
    /// take precedence.
    pub(super) async fn apply_settings(&self, value: &Value) {
        let (settings, mut problems) = Settings::read(value);
        let settings = Arc::new(settings);
        let old = std::mem::replace(&mut self.workspace().settings, Arc::clone(&settings));
        let mut has_changed = *old != *settings;
        if self.workspace().has_catalogs()
            || (&old.catalogs, &old.families) != (&settings.catalogs, &settings.families)
        {
            if old.catalogs != settings.catalogs {
                self.beside(|shared| async move { shared.watch_catalogs().await });
            }
            if let Some(loaded) = self.load(Reason::Settings(Arc::clone(&settings))).await {
                // Some clients send the same settings twice at startup.
                let new = self.not_yet_reported(&loaded);
                problems.extend(if *old == *settings { new } else { loaded.problems.clone() });
                has_changed |= self.take_over(loaded);
            }
        }
        problems.extend(self.look_up_ignored(&settings));
        self.show(problems);
        if has_changed {
            self.refresh().await;
        }
    }

    /// Rereads the catalog files if any of `files` is one of them.
    pub(super) async fn files_changed(&self, files: &[PathBuf]) {
        let places = {
            let workspace = self.workspace();
            catalogs::places(&workspace.settings, &workspace.origins)
        };
        if files.iter().any(|file| catalogs::is_at(&places, file)) {
            self.reload(Reason::Changed).await;
        }
    }

    /// Rereads the catalog files, as relative paths may now lead elsewhere.
    pub(super) async fn folders_changed(&self) {
        if self.workspace().has_catalogs() {
            self.reload(Reason::Changed).await;
        }
    }

    /// Rereads the catalog files if any has changed.
    pub(super) async fn look_at_catalogs(&self) {
        self.reload(Reason::Look).await;
    }

    /// Checks every second whether a catalog file has changed, for a client that can't watch files:
    /// its diagnostics are updated even if it sends no message.
    pub(super) async fn look_regularly(&self) {
        loop {
            tasks::sleep(catalogs::INTERVAL).await;
            if self.workspace().has_catalogs() {
                self.look_at_catalogs().await;
            }
        }
    }

    async fn reload(&self, reason: Reason) {
        let Some(loaded) = self.load(reason).await else { return };
        self.show(self.not_yet_reported(&loaded));
        if self.take_over(loaded) {
            let settings = Arc::clone(&self.workspace().settings);
            self.look_up_ignored(&settings);
            self.refresh().await;
        }
    }

    /// The file problems that the user has not seen yet; marks all of them as reported.
    fn not_yet_reported(&self, loaded: &Loaded) -> Vec<String> {
        let mut workspace = self.workspace();
        let all = loaded.problems.iter().cloned().collect();
        let reported = std::mem::replace(&mut workspace.reported, all);
        let new = loaded.problems.iter().filter(|problem| !reported.contains(*problem));
        new.cloned().collect()
    }

    /// Reads the files when it is their turn. `None` if none has changed.
    async fn load(&self, reason: Reason) -> Option<Loaded> {
        let shared = self.clone();
        let load = move || {
            let (newest, origins) = {
                let workspace = shared.workspace();
                (Arc::clone(&workspace.settings), workspace.origins.clone())
            };
            let mut loader = shared.loader.lock().unwrap_or_else(PoisonError::into_inner);
            match reason {
                Reason::Settings(settings) => Some(loader.load(&settings, &origins)),
                Reason::Changed => Some(loader.load(&newest, &origins)),
                Reason::Look => loader.load_changed(&newest, &origins),
            }
        };
        self.pools.files.run(async {}, load).await?
    }

    /// Replaces the catalog, unless the new one is identical or outdated. Returns whether it did.
    fn take_over(&self, loaded: Loaded) -> bool {
        let mut workspace = self.workspace();
        let is_newest = loaded.contents.is_of(&workspace.settings);
        if !is_newest || loaded.contents == workspace.contents {
            return false;
        }
        workspace.contents = loaded.contents;
        workspace.set_catalog(loaded.catalog);
        true
    }

    /// Looks up the ignored codes after the settings or the catalog have changed. Returns a problem
    /// for each item that is not a code in `read`, even if newer settings have arrived since.
    fn look_up_ignored(&self, read: &Settings) -> Vec<String> {
        let mut workspace = self.workspace();
        let (mut keys, problems) = ignored(&read.ignore, &workspace.scanner);
        if workspace.settings.ignore != read.ignore {
            keys = ignored(&workspace.settings.ignore, &workspace.scanner).0;
        }
        workspace.ignored = Arc::new(keys);
        problems
    }

    /// Shows the problems of settings and catalogs.
    fn show(&self, mut problems: Vec<String>) {
        if problems.is_empty() {
            return;
        }
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        problems.iter_mut().for_each(shorten);
        if more > 0 {
            problems.push(self.workspace().snapshot().locale().pick(
                format!("… and {more} more problems"),
                format!("… et {more} autres problèmes"),
            ));
        }
        let message = problems.join("\n");
        let params = ShowMessageParams { typ: MessageType::WARNING, message };
        self.outbox.notify("window/showMessage", &params);
    }

    /// Publishes diagnostics again and asks the client to pull again, after answers have changed.
    async fn refresh(&self) {
        self.workspace().mark_all();
        self.to_publish.notify_one();
        let client = Arc::clone(&self.workspace().client);
        let refresh = || async {
            if client.pulls_diagnostics {
                self.outbox.ask("workspace/diagnostic/refresh", Value::Null).await;
            }
            if client.refreshes_hints {
                self.outbox.ask("workspace/inlayHint/refresh", Value::Null).await;
            }
        };
        self.refreshing.run(refresh).await;
    }

    /// Registers watchers for the catalog files, replacing the current ones.
    pub(super) async fn watch_catalogs(&self) {
        // One at a time, so that the places registered under the id are known.
        self.watching.run(|| self.watch_places()).await;
    }

    async fn watch_places(&self) {
        const METHOD: &str = "workspace/didChangeWatchedFiles";
        let watched = || self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let (places, watchers) = {
            let workspace = self.workspace();
            if !workspace.client.registers_watchers || !workspace.is_initialized {
                return;
            }
            let places = catalogs::places(&workspace.settings, &workspace.origins);
            let watchers = catalogs::watchers(&places, &workspace.client);
            (places, watchers)
        };
        if *watched() == places {
            return;
        }
        let is_watching = !watched().is_empty();
        if is_watching {
            // The misspelling is LSP's own.
            let old = json!({ "unregisterations": [{ "id": WATCHERS, "method": METHOD }] });
            self.outbox.ask("client/unregisterCapability", old).await;
        }
        if !watchers.is_empty() {
            let registration = json!({ "registrations": [{
                "id": WATCHERS, "method": METHOD, "registerOptions": { "watchers": watchers } }] });
            self.outbox.ask("client/registerCapability", registration).await;
        }
        *watched() = places;
    }
}

/// The most bytes shown of a problem: anything longer is text that the user wrote.
const LONGEST_PROBLEM: usize = 4000;

/// Cuts the middle out of a long problem.
fn shorten(problem: &mut String) {
    if problem.len() > LONGEST_PROBLEM {
        let head = problem.floor_char_boundary(LONGEST_PROBLEM * 3 / 4);
        let tail = problem.floor_char_boundary(problem.len() - LONGEST_PROBLEM / 4);
        problem.replace_range(head..tail, " … ");
    }
}

/// The longest item of `ignore`, in bytes: no code or name is longer.
const LONGEST_IGNORED: usize = 256;

/// The codes that the setting `ignore` names, and a problem for each item that names none.
pub(super) fn ignored(ignore: &[String], scanner: &Scanner) -> (HashSet<Key>, Vec<String>) {
    let mut problems = Vec::new();
    let keys = ignore.iter().flat_map(|written| {
        let is_short = written.len() <= LONGEST_IGNORED;
        let keys = if is_short { explain::keys_of_query(scanner, written) } else { Vec::new() };
        if keys.is_empty() {
            let start = &written[..written.floor_char_boundary(LONGEST_IGNORED)];
            let rest = if is_short { "" } else { " …" };
            problems.push(format!("hexplain.ignore: {start:?}{rest} is not a code"));
        }
        keys
    });
    (keys.collect(), problems)
}
