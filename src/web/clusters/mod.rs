//! Clusters: the list, registering one, the overview of one.

pub mod view;
