//! Users of the zone, for zone administrators.

pub mod view;
