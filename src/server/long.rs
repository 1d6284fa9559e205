//! Requests whose answers may be long. They are made and written on other threads, so that a
//! hundred thousand hints of one document hold up nobody who hovers over another.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Result};
use tower_lsp::lsp_types::{
    DocumentDiagnosticParams, DocumentHighlightParams, DocumentSymbolParams, InlayHintParams, Url,
};

use super::mailbox::{Open, Weight};
use super::outbox::Outbox;
use super::workspace::View;
use super::{Server, diagnostics, inlay_hints, navigation, outbox, symbols};

/// The body of an answer, once it is made; an error where making it failed.
type Body = Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send>>;

/// The requests that are being answered.
pub(super) struct LongRequests {
    server: Server,
    outbox: Outbox,
    running: Running,
    turns: Arc<Semaphore>,
}

/// How many answers are made at once.
const TURNS: usize = 4;

type Running = Arc<Mutex<HashMap<Id, AbortHandle>>>;

fn lock(running: &Running) -> MutexGuard<'_, HashMap<Id, AbortHandle>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LongRequests {
    pub(super) fn new(server: Server, outbox: Outbox) -> Self {
        let turns = Arc::new(Semaphore::new(TURNS));
        Self { server, outbox, running: Running::default(), turns }
    }

    /// Whether requests of this method are answered here.
    pub(super) fn take(method: &str) -> bool {
        matches!(
            method,
            "textDocument/inlayHint"
                | "textDocument/diagnostic"
                | "textDocument/documentSymbol"
                | "textDocument/documentHighlight"
        )
    }

    /// Starts to answer a request about the document as it is now.
    pub(super) fn start(&self, id: Id, method: &str, params: Option<Value>) {
        let mut body = match self.body(&id, method, params.unwrap_or_default()) {
            Ok(body) => body,
            Err(error) => return self.outbox.respond_to(Some(id), error),
        };
        // The question is put to the document now, before a later edit can change it.
        if let Some(body) = (&mut body).now_or_never() {
            return answer(&self.outbox, id, body);
        }
        let (outbox, running) = (self.outbox.clone(), Arc::clone(&self.running));
        let in_flight = outbox.in_flight();
        let key = id.clone();
        let mut listed = lock(&self.running);
        let task = tokio::spawn(async move {
            let body = body.await;
            // Whoever takes the request out of the list answers it.
            if lock(&running).remove(&id).is_some() {
                answer(&outbox, id, body);
            }
            drop(in_flight);
        });
        listed.insert(key, task.abort_handle());
    }

    /// Cancels the request that a `$/cancelRequest` names, if it is being answered here.
    pub(super) fn cancel(&self, params: Option<&Value>) {
        let id = params.map(|params| params["id"].clone());
        let Some(Ok(id)) = id.map(serde_json::from_value::<Id>) else { return };
        if let Some(task) = lock(&self.running).remove(&id) {
            task.abort();
            let code = ErrorCode::RequestCancelled;
            self.outbox.respond_to(
                Some(id),
                Error { message: code.description().into(), code, data: None },
            );
        }
    }

    fn body(&self, id: &Id, method: &str, params: Value) -> Result<Body> {
        match method {
            "textDocument/inlayHint" => self.about(
                id,
                params,
                |params: &InlayHintParams| &params.text_document.uri,
                |view, params| inlay_hints::inlay_hints(view, params.range),
            ),
            "textDocument/diagnostic" => self.about(
                id,
                params,
                |params: &DocumentDiagnosticParams| &params.text_document.uri,
                |view, _| diagnostics::report(view),
            ),
            "textDocument/documentSymbol" => self.about(
                id,
                params,
                |params: &DocumentSymbolParams| &params.text_document.uri,
                |view, params| symbols::document_symbols(view, &params.text_document.uri),
            ),
            _ => self.about(
                id,
                params,
                |params: &DocumentHighlightParams| {
                    &params.text_document_position_params.text_document.uri
                },
                |view, params| {
                    navigation::highlights(view, params.text_document_position_params.position)
                },
            ),
        }
    }

    /// The answer of a feature about an open document; `null` where it is not open.
    fn about<P, T>(
        &self,
        id: &Id,
        params: Value,
        uri: impl Fn(&P) -> &Url,
        feature: impl FnOnce(&View<'_>, &P) -> T + Send + 'static,
    ) -> Result<Body>
    where
        P: DeserializeOwned + Send + 'static,
        T: Serialize,
    {
        let params: P = serde_json::from_value(params)
            .map_err(|error| Error::invalid_params(error.to_string()))?;
        let Some(mailbox) = self.server.workspace().document(uri(&params)) else {
            let null = outbox::response(id, &Value::Null);
            return Ok(Box::pin(async { Ok(null) }));
        };
        let views = self.server.for_views();
        let id = id.clone();
        let (outbox, turns) = (self.outbox.clone(), Arc::clone(&self.turns));
        Ok(Box::pin(async move {
            let snapshot = mailbox.ask(Weight::Light, Open::clone).await;
            let open = snapshot.ok_or_else(Error::internal_error)?;
            // Few are made at once, and none for a client that reads none.
            let turn = turns.acquire_owned().await;
            outbox.has_room().await;
            let body = tokio::task::spawn_blocking(move || {
                views.with(&open.document, |view| outbox::response(&id, &feature(view, &params)))
            });
            let body = body.await.map_err(|_| Error::internal_error());
            drop(turn);
            body
        }))
    }
}

fn answer(outbox: &Outbox, id: Id, body: Result<Vec<u8>>) {
    match body {
        Ok(body) => outbox.send_body(body),
        Err(error) => outbox.respond_to(Some(id), error),
    }
}
