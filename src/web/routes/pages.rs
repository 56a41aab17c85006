//! The pages of clusters and groups: the same ones under either, and what only groups have.

use actix_web::web::{ServiceConfig, get};

use super::Offer as _;
use crate::{
    domain::Group,
    web::{
        groups::{dialogs as group_dialogs, hierarchy, pages},
        members::{dialogs, ends, page, target::Shown},
        review,
        tokens::invite,
    },
};

/// The Members page of what is found at `base`, and its dialogs.
pub fn members<K: Shown>(config: &mut ServiceConfig, base: &str) {
    let at = |path: &str| format!("{base}/members{path}");
    config
        .offer(&format!("{base}/review"), get().to(review::get::<K>))
        .offer(
            &format!("{base}/review/changes"),
            get().to(review::moments::get::<K>),
        )
        .offer(
            &format!("{base}/review/comparison"),
            get().to(review::pair::get::<K>),
        )
        .offer(&at(""), get().to(page::get::<K>))
        .offer(&at("/edit"), get().to(dialogs::edit::<K>))
        .offer(&at("/privileges"), get().to(dialogs::privileges::<K>))
        .offer(&at("/remove"), get().to(dialogs::remove::<K>))
        .offer(&at("/end"), get().to(ends::dialog::<K>))
        .offer(&at("/leave"), get().to(dialogs::leave::<K>))
        .offer(&at("/join"), get().to(dialogs::join::<K>))
        .offer(&at("/create"), get().to(group_dialogs::new_in::<K>))
        .offer(&at("/add"), get().to(group_dialogs::add::<K>))
        .offer(&at("/invite"), get().to(invite::invite::<K>));
}

/// `/groups…`.
pub fn groups(config: &mut ServiceConfig) {
    config
        .offer("/groups", get().to(pages::choose))
        .offer("/groups/new", get().to(group_dialogs::new))
        .offer("/groups/{id}", get().to(pages::overview))
        .offer("/groups/{id}/edit", get().to(group_dialogs::edit))
        .offer("/groups/{id}/remove", get().to(group_dialogs::remove))
        .offer(
            "/groups/{id}/parents/new",
            get().to(group_dialogs::new_parent),
        )
        .offer("/groups/{id}/hierarchy", get().to(hierarchy::get))
        .configure(|config| members::<Group>(config, "/groups/{id}"));
}
