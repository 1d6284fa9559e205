//! What a number may be called: the kinds of words that lead to one.

/// The names of the roles in catalog files (`roles`) and `catalog/words.toml`; the index of a role
/// is its bit in [`Roles`].
pub(crate) const ROLES: &[&str] =
    &["error", "errno", "exit", "return", "status", "result", "failure", "reason", "hresult"];

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(pub(crate) u16);

impl Roles {
    pub(crate) const ERROR: Self = Self(1);
    pub(crate) const EXIT: Self = Self(1 << 2);
    pub(crate) const RETURN: Self = Self(1 << 3);
    pub(crate) const FAILURE: Self = Self(1 << 6);
    /// The roles whose large numbers are codes whatever they look like: `error`, `errno`, `exit`,
    /// `return` and `hresult`.
    pub(crate) const OF_ERRORS: Self = Self(0b1_0000_1111);

    /// The role with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ROLES.iter().position(|role| *role == name).map(|place| Self(1 << place))
    }

    /// The roles with these names.
    pub(crate) fn all<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        names.filter_map(Self::named).fold(Self::default(), Self::and)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn count(self) -> u32 {
        self.0.count_ones()
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_roles_of_their_names() {
        let named = |names: &[&str]| Roles::all(names.iter().copied());
        assert_eq!(Roles::ERROR, named(&["error"]));
        assert_eq!(Roles::RETURN, named(&["return"]));
        assert_eq!(Roles::FAILURE, named(&["failure"]));
        assert_eq!(Roles::OF_ERRORS, named(&["error", "errno", "exit", "return", "hresult"]));
    }
}
