//! The panel as requests find it: it may be loading still, and then they are told how far it is.
//!
//! The listeners are there before the panel, and stay the same ones: no connection is refused or
//! lost when it comes.

use std::sync::{Arc, OnceLock};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::fault::{self, Fault};
use crate::service::{Panel, progress::Progress};

/// The panel, as soon as it is exact.
#[derive(Debug, Default)]
pub struct Awaited {
    panel: OnceLock<Arc<Panel>>,
    progress: Progress,
}

impl Awaited {
    /// How far the panel is, for whoever loads it.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The panel is exact: it answers from now on.
    pub fn is_here(&self, panel: Arc<Panel>) {
        // It comes once.
        let _ = self.panel.set(panel);
    }

    /// The panel.
    ///
    /// # Errors
    /// [`Fault::Loading`] while it is not there.
    pub fn panel(&self) -> Result<&Arc<Panel>, Fault> {
        let loading = || Fault::Loading(self.progress.to_string());
        self.panel.get().ok_or_else(loading)
    }
}

/// Answers itself while there is no panel that could. What its page is drawn with needs none.
pub async fn hold_off(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if request.path().starts_with("/static/") {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let awaited = request.app_data::<Data<Awaited>>();
    if let Some(fault) = awaited.and_then(|awaited| awaited.panel().err()) {
        let answer = fault::answer_alone(request.request(), &fault);
        return Ok(request.into_response(answer).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
