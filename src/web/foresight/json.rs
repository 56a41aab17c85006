//! The JSON of a dry run, and of a refusal because of consequences.

use serde::Serialize;
use utoipa::{ToSchema, openapi::schema::Object};

use crate::{
    domain::Target,
    service::{Crowd, Crowds, Fate, Foresight, Person, Whom},
    web::api::answers::one_of,
};

/// What would come of a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForeseenAnswer {
    /// Stands for all of it. A change that carries it in `Onepanel-Foreseen` is made only if it is
    /// still so.
    foreseen: String,
    #[serde(flatten)]
    together: Affected,
    /// The clusters where anybody is concerned, by name.
    clusters: Vec<AffectedPlace>,
    /// The same for groups.
    groups: Vec<AffectedPlace>,
    /// How many more clusters and groups there are where somebody is concerned, which the caller may
    /// not see.
    elsewhere: usize,
    /// Clusters where nobody, or not the caller, could undo it.
    lockout: Vec<LockoutAnswer>,
}

/// Users whose access or privileges would be otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// Who would not belong to it any more, or would be blocked.
    lost_access: CrowdAnswer,
    /// Who would belong to it, or be let in again.
    gained_access: CrowdAnswer,
    /// Who would still belong to it, with less.
    lost_privileges: CrowdAnswer,
    /// Who belongs to it, and would hold more.
    gained_privileges: CrowdAnswer,
    /// Whose membership would end, but who would still belong to it by another.
    kept_access: CrowdAnswer,
}

/// So many users.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrowdAnswer {
    /// How many there are; with `q`, how many are found.
    count: usize,
    /// A page of them by name, as far as the caller may know them.
    users: Vec<AffectedUser>,
}

/// A user whom it concerns.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffectedUser {
    id: String,
    name: String,
    /// What goes, for whoever may see privileges there; under `clusters` and `groups` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lost: Vec<&'static str>,
    /// What comes, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gained: Vec<&'static str>,
    /// For who keeps access: the names of the direct member groups that it is kept through. None: it
    /// is kept by a membership of the user's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    through: Vec<String>,
}

/// A cluster or group.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffectedPlace {
    id: String,
    name: String,
    #[serde(flatten)]
    users: Affected,
}

/// A cluster where a right would be lost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockoutAnswer {
    /// Null for a cluster that the caller may not see.
    cluster_id: Option<String>,
    /// Its name.
    name: Option<String>,
    /// Who would be locked out.
    #[schema(schema_with = whom)]
    who: &'static str,
}

fn whom() -> Object {
    one_of(["everybody", "you"])
}

impl ForeseenAnswer {
    /// Writes it as the API does.
    pub fn of(foresight: &Foresight) -> Self {
        let of = |is_wanted: fn(&Target) -> bool| {
            let places = foresight.places.iter();
            let wanted = places.filter(|place| is_wanted(&place.target));
            let wanted = wanted.map(|place| AffectedPlace {
                id: place.target.id().to_owned(),
                name: place.name.clone(),
                users: Affected::of(&place.crowds),
            });
            wanted.collect()
        };
        let lockout = foresight.lockouts.iter().map(|lockout| LockoutAnswer {
            cluster_id: lockout.cluster.as_ref().map(|(id, _)| id.to_string()),
            name: lockout.cluster.as_ref().map(|(_, name)| name.clone()),
            who: match lockout.whom {
                Whom::Everybody => "everybody",
                Whom::You => "you",
            },
        });
        Self {
            foreseen: foresight.tag.clone(),
            together: Affected::of(&foresight.together),
            clusters: of(|target| matches!(target, Target::Cluster(_))),
            groups: of(|target| matches!(target, Target::Group(_))),
            elsewhere: foresight.elsewhere,
            lockout: lockout.collect(),
        }
    }
}

impl Affected {
    fn of(crowds: &Crowds) -> Self {
        let of = |fate| CrowdAnswer::of(crowds.of(fate));
        Self {
            lost_access: of(Fate::LosesAccess),
            gained_access: of(Fate::GainsAccess),
            lost_privileges: of(Fate::LosesPrivileges),
            gained_privileges: of(Fate::GainsPrivileges),
            kept_access: of(Fate::KeepsAccess),
        }
    }
}

impl CrowdAnswer {
    fn of(crowd: &Crowd) -> Self {
        let names = |held: &[(&'static str, _)]| held.iter().map(|(name, _)| *name).collect();
        let user = |person: &Person| AffectedUser {
            id: person.id.to_string(),
            name: person.name.clone(),
            lost: names(&person.lost),
            gained: names(&person.gained),
            through: person.through.clone(),
        };
        Self {
            count: crowd.count,
            users: crowd.users.iter().map(user).collect(),
        }
    }
}
