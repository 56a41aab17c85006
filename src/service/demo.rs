//! A made-up research organisation to try things on: the Northern Sky Institute.
//!
//! Three clusters: `onezone` (the zone's own), `lapland` and `tenerife` (storage of the two
//! observatories). Everybody's sign-in name is the identifier, mostly the given name. Nothing here
//! may depend on time or chance.
//!
//! | Sign-in | Full name | What to try |
//! |---|---|---|
//! | `admin` | Ada Admin | Zone administrator, every privilege in all three clusters |
//! | `joe` | Joe Smith | Ordinary member. In `lapland` directly (`cluster_view`), through *Science Division* and through the calibration group: three paths, and view privileges by the last one. May set none |
//! | `mia` | Mia Lindqvist | Manager: in `lapland` adds and removes members but does not see privileges; in `tenerife` she sees them too |
//! | `sam` | Sam O'Connor | Sets privileges in `lapland`, though no zone administrator |
//! | `vera` | Vera Nováková | Sees `lapland` and `tenerife` but nobody's privileges |
//! | `olga` | Olga Petrenko | Outsider: in a group, in no cluster |
//! | `priya` | Priya Raman | In `tenerife` on five paths, never directly |
//! | `boris` | Boris Đorđević | Blocked |
//! | `nils` | Nils Ångström | In nothing at all |
//!
//! *Journal Club* and *Reading Circle* are in each other; *Northern Sky Institute* is the top of
//! four levels.

mod fill;

pub use fill::{ACCOUNTS, PASSWORD, fill};

use crate::domain::{
    Cluster, ClusterName, ClusterPrivilege, ClusterType, DisplayName, Domain, Group,
    GroupPrivilege, GroupType, Id, Member, NewCluster, NewGroup, NewMembership, NewUser,
    Organisation, PrivilegeSet, Username,
};

/// Identifier, name, domain and service of each cluster. The zone's own is called as at set-up.
const CLUSTERS: &[(&str, &str, &str, ClusterType)] = &[
    (
        "onezone",
        "Northern Sky Zone",
        "zone.northern-sky.example",
        ClusterType::Onezone,
    ),
    (
        "lapland",
        "Lapland Data Centre",
        "lapland.northern-sky.example",
        ClusterType::Oneprovider,
    ),
    (
        "tenerife",
        "Tenerife Data Centre",
        "tenerife.northern-sky.example",
        ClusterType::Oneprovider,
    ),
];

/// Identifier, name and kind of each group, and the member who leads it.
#[rustfmt::skip]
const GROUPS: &[(&str, &str, GroupType, &str)] = &[
    ("institute", "Northern Sky Institute", GroupType::Organization, "ingrid"),
    ("science", "Science Division", GroupType::Unit, "helena"),
    ("operations", "Operations Division", GroupType::Unit, "gunnar"),
    ("stars", "Stellar Physics", GroupType::Unit, "rafael"),
    ("galaxies", "Galaxies and Cosmology", GroupType::Unit, "yuki"),
    ("sun", "Solar Physics", GroupType::Unit, "aurora"),
    ("telescopes", "Telescope Operations", GroupType::Unit, "pedro"),
    ("computing", "Computing and Data", GroupType::Unit, "sam"),
    ("variable-stars", "Variable Stars", GroupType::Team, "chiara"),
    ("exoplanets", "Exoplanets", GroupType::Team, "tomas"),
    ("surveys", "Sky Surveys", GroupType::Team, "priya"),
    ("lensing", "Gravitational Lensing", GroupType::Team, "amara"),
    ("occultations", "Équipe Occultations", GroupType::Team, "francois"),
    ("night-shift", "Night Shift", GroupType::Team, "lucia"),
    ("workshop", "Instrument Workshop", GroupType::Team, "otto"),
    ("storage", "Storage Operators", GroupType::Team, "ravi"),
    ("pipelines", "Data Reduction Pipelines", GroupType::Team, "noor"),
    ("outreach", "Outreach and Planetarium", GroupType::Team, "elin"),
    ("investigators", "Principal Investigators", GroupType::RoleHolders, "helena"),
    ("stewards", "Data Stewards", GroupType::RoleHolders, "noor"),
    (
        "calibration",
        "Joint Working Group on the Calibration of Wide-Field Cameras under Aurora and Moonlight \
         (2024 - 2028)",
        GroupType::Team,
        "kwame",
    ),
    ("journal-club", "Journal Club (Thursdays)", GroupType::Team, "zofia"),
    ("reading-circle", "Reading Circle", GroupType::Team, "maeve"),
    ("alumni", "Alumni and Friends", GroupType::Team, "olga"),
];

/// Which group is in which, the outer one first.
#[rustfmt::skip]
const NESTED: &[(&str, &str)] = &[
    ("institute", "science"), ("institute", "operations"), ("institute", "investigators"),
    ("institute", "outreach"),
    ("science", "stars"), ("science", "galaxies"), ("science", "sun"),
    ("stars", "variable-stars"), ("stars", "exoplanets"),
    ("galaxies", "surveys"), ("galaxies", "lensing"),
    ("sun", "occultations"),
    ("operations", "telescopes"), ("operations", "computing"),
    ("telescopes", "night-shift"), ("telescopes", "workshop"),
    ("computing", "storage"), ("computing", "pipelines"),
    ("calibration", "workshop"), ("calibration", "pipelines"),
    ("journal-club", "reading-circle"), ("reading-circle", "journal-club"),
];

/// Identifier and full name of each user, and the groups the user is directly in.
#[rustfmt::skip]
const PEOPLE: &[(&str, &str, &[&str])] = &[
    ("admin", "Ada Admin", &[]),
    ("joe", "Joe Smith", &["variable-stars", "calibration"]),
    ("mia", "Mia Lindqvist", &["investigators"]),
    ("sam", "Sam O'Connor", &["computing"]),
    ("vera", "Vera Nováková", &["outreach"]),
    ("olga", "Olga Petrenko", &["alumni"]),
    ("priya", "Priya Raman", &["surveys", "investigators", "reading-circle"]),
    ("boris", "Boris Đorđević", &["storage"]),
    ("nils", "Nils Ångström", &[]),
    ("ingrid", "Ingrid Østergaard", &["institute", "investigators"]),
    ("helena", "Helena Vasconcelos", &["science", "investigators"]),
    ("gunnar", "Gunnar Þórsson", &["operations"]),
    ("rafael", "Rafael Núñez", &["stars", "investigators", "journal-club"]),
    ("yuki", "Yuki Tanaka", &["galaxies", "investigators"]),
    ("aurora", "Aurora Niemi", &["sun", "investigators"]),
    ("pedro", "Pedro Hernández", &["telescopes"]),
    ("chiara", "Chiara D'Amico", &["variable-stars", "journal-club"]),
    ("tomas", "Tomáš Dvořák", &["exoplanets", "calibration"]),
    ("amara", "Amara Okafor", &["lensing", "investigators"]),
    ("francois", "François Lefèvre", &["occultations"]),
    ("lucia", "Lucía Pérez", &["night-shift"]),
    ("otto", "Otto Schröder", &["workshop"]),
    ("ravi", "Ravi Iyer", &["storage", "stewards"]),
    ("noor", "Noor van der Meer", &["pipelines", "stewards"]),
    ("elin", "Elin Sjöberg", &["outreach"]),
    ("kwame", "Kwame Mensah", &["calibration", "surveys"]),
    ("zofia", "Zofia Wiśniewska", &["journal-club", "lensing"]),
    ("maeve", "Maeve Ní Bhriain", &["reading-circle", "exoplanets"]),
    ("anna", "Anna-Lena Grün", &["variable-stars"]),
    ("arto", "Arto Virtanen", &["night-shift"]),
    ("beatriz", "Beatriz Gonçalves", &["surveys"]),
    ("carlos", "Carlos Ibáñez", &["night-shift", "workshop"]),
    ("dmitri", "Dmitri Sokolov", &["lensing"]),
    ("eero", "Eero Mäkinen", &["storage"]),
    ("esther", "Esther Cohen", &["exoplanets", "reading-circle"]),
    ("farid", "Farid Haddad", &["pipelines"]),
    ("fiona", "Fiona MacLeod", &["occultations", "reading-circle"]),
    ("giulia", "Giulia Ferrari", &["variable-stars", "calibration"]),
    ("hannah", "Hannah Weiß", &["outreach"]),
    ("hugo", "Hugo Lambert", &["occultations"]),
    ("irina", "Irina Popescu", &["surveys", "stewards"]),
    ("jamal", "Jamal Edwards Jr.", &["storage"]),
    ("jing", "Jing Wei", &["exoplanets"]),
    ("kaisa", "Kaisa Länsman", &["night-shift"]),
    ("katya", "Katya Ivanova", &["lensing"]),
    ("lars", "Lars Bjørnsen", &["workshop"]),
    ("leila", "Leila Rahimi", &["surveys"]),
    ("mateo", "Mateo Rodríguez", &["night-shift"]),
    ("milan", "Milan Horváth", &["pipelines"]),
    ("nadia", "Nadia El-Sayed", &["variable-stars"]),
    ("niamh", "Niamh Ó Súilleabháin", &["outreach", "reading-circle"]),
    ("oscar", "Óscar Rivas", &["workshop"]),
    ("paulina", "Paulina Żak", &["sun"]),
    ("quentin", "Quentin de l'Isle", &["galaxies"]),
    ("rosa", "Rosa Marín", &["telescopes"]),
    ("sanna", "Sanna Aikio", &["sun", "calibration"]),
    ("stefan", "Ștefan Ionescu", &["pipelines"]),
    ("tariq", "Tariq Aziz", &["alumni"]),
    ("ulla", "Ulla Koskinen", &["alumni"]),
    ("victor", "Victor Nguyễn", &["computing"]),
    ("wanda", "Wanda Kowalczyk", &["stars"]),
];

/// The whole organisation, the same each time.
pub fn organisation() -> Organisation {
    Organisation {
        users: users(),
        groups: groups(),
        clusters: clusters(),
        group_members: group_members(),
        cluster_members: cluster_members(),
        zone_admins: vec![id("admin")],
    }
}

// A row whose names break the rules would be left out; a test sees to it that none does.
fn users() -> Vec<NewUser> {
    PEOPLE
        .iter()
        .filter_map(|(login, name, _)| {
            Some(NewUser {
                id: id(login),
                name: DisplayName::parse(name).ok()?,
                username: Some(Username::parse(login).ok()?),
                active: *login != "boris",
            })
        })
        .collect()
}

fn groups() -> Vec<NewGroup> {
    GROUPS
        .iter()
        .filter_map(|(group, name, kind, _)| {
            Some(NewGroup {
                id: id(group),
                name: DisplayName::parse(name).ok()?,
                kind: *kind,
            })
        })
        .collect()
}

fn clusters() -> Vec<NewCluster> {
    CLUSTERS
        .iter()
        .filter_map(|(cluster, name, domain, kind)| {
            Some(NewCluster {
                id: id(cluster),
                name: ClusterName::parse(name).ok()?,
                domain: Domain::parse(domain).ok()?,
                kind: *kind,
            })
        })
        .collect()
}

fn group_members() -> Vec<NewMembership<Group>> {
    let nested = NESTED.iter().map(|(outer, inner)| NewMembership {
        target: id(outer),
        member: group(inner),
        privileges: match *inner {
            "investigators" => GroupPrivilege::member().union(hosts()),
            _ => GroupPrivilege::member(),
        },
    });
    let people = PEOPLE.iter().flat_map(|(login, _, groups)| {
        groups.iter().map(|target| NewMembership {
            target: id(target),
            member: user(login),
            privileges: privileges_in_group(login, target),
        })
    });
    nested.chain(people).collect()
}

/// A leader may do everything; *Data Stewards* look after their group together.
fn privileges_in_group(login: &str, target: &str) -> PrivilegeSet<GroupPrivilege> {
    let leads =
        |(group, .., leader): &(&str, &str, GroupType, &str)| *group == target && *leader == login;
    if GROUPS.iter().any(leads) {
        PrivilegeSet::all()
    } else if target == "stewards" {
        GroupPrivilege::member().union(hosts())
    } else {
        GroupPrivilege::member()
    }
}

/// What it takes to let people in and out of a group.
fn hosts() -> PrivilegeSet<GroupPrivilege> {
    use GroupPrivilege::{AddChild, AddUser, RemoveChild, RemoveUser, ViewPrivileges};
    [AddChild, AddUser, RemoveChild, RemoveUser, ViewPrivileges].into()
}

fn cluster_members() -> Vec<NewMembership<Cluster>> {
    use ClusterPrivilege::{SetPrivileges, Update, ViewPrivileges};
    let view = ClusterPrivilege::member();
    let manage = ClusterPrivilege::manager();
    let look = view.union([ViewPrivileges].into());
    let run = look.union([Update].into());
    let grant = look.union([SetPrivileges].into());
    let all = PrivilegeSet::all();
    [
        ("onezone", user("admin"), all),
        ("onezone", user("gunnar"), view),
        ("onezone", group("computing"), look),
        ("onezone", group("storage"), run),
        ("lapland", user("admin"), all),
        ("lapland", user("joe"), view),
        ("lapland", user("mia"), manage),
        ("lapland", user("sam"), grant),
        ("lapland", user("vera"), view),
        ("lapland", group("science"), view),
        ("lapland", group("operations"), look),
        ("lapland", group("calibration"), look),
        ("lapland", group("storage"), run),
        ("lapland", group("stewards"), manage.union(look)),
        ("tenerife", user("admin"), all),
        ("tenerife", user("mia"), manage.union(look)),
        ("tenerife", user("lucia"), grant),
        ("tenerife", group("institute"), view),
        ("tenerife", group("surveys"), look),
        ("tenerife", group("investigators"), manage),
        ("tenerife", group("night-shift"), run),
        ("tenerife", group("journal-club"), view),
    ]
    .into_iter()
    .map(|(target, member, privileges)| NewMembership {
        target: id(target),
        member,
        privileges,
    })
    .collect()
}

fn id<K>(text: &str) -> Id<K> {
    Id::from_stored(text)
}

fn user(text: &str) -> Member {
    Member::User(id(text))
}

fn group(text: &str) -> Member {
    Member::Group(id(text))
}

#[cfg(test)]
mod tests;
