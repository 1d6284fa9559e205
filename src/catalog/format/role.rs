//! What a number may be called: the kinds of words that lead to one.

/// The roles by which `roles` in a catalog file and `catalog/words.toml` name them; a role's bit in
/// [`Roles`] is its place.
pub(crate) const ROLES: &[&str] =
    &["error", "errno", "exit", "return", "status", "result", "failure", "reason", "hresult"];

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(pub(crate) u16);

impl Roles {
    /// The role of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ROLES.iter().position(|role| *role == name).map(|place| Self(1 << place))
    }

    /// The roles of these names.
    pub(crate) fn all<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        names.filter_map(Self::named).fold(Self::default(), Self::and)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
