package config

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// readChecks reads all, required, or a list of names. A list without a name is all.
func readChecks(c *Config, value string) error {
	c.Checks.Mode = CheckMode(value)
	if c.Checks.Mode == AllChecks || c.Checks.Mode == RequiredChecks {
		return nil
	}
	c.Checks.Mode, c.Checks.Names = ListedChecks, list(value)
	if len(c.Checks.Names) == 0 {
		c.Checks.Mode = AllChecks
	}
	return nil
}

// readAdmins reads logins and teams. The word false stands for nobody; an entry that can be neither
// a login nor a team names nobody either.
func readAdmins(c *Config, value string) error {
	for _, entry := range list(strings.ToLower(value)) {
		entry = strings.TrimPrefix(entry, "@")
		organization, team, isTeam := strings.Cut(entry, "/")
		switch {
		case entry == "false":
		case isTeam && isLogin(organization) && team != "" && !strings.Contains(team, "/"):
			c.Admins.Teams = append(c.Admins.Teams, entry)
		case isLogin(entry):
			c.Admins.Logins = append(c.Admins.Logins, entry)
		}
	}
	return nil
}

// isLogin knows the logins of people, and those of enterprise-managed ones (name_short).
func isLogin(text string) bool {
	return len(text) <= 60 && regexp.MustCompile(`^[a-z\d]+(-[a-z\d]+)*(_[a-z\d]+)?$`).MatchString(text)
}

func readAdminsToken(c *Config, value string) error {
	if value != "false" {
		c.Admins.Token = value
	}
	return nil
}

func readCommentActions(c *Config, value string) error {
	c.Origin.CommentActions = list(value)
	known := []string{"created", "edited"}
	unknown := func(action string) bool { return !slices.Contains(known, action) }
	if len(c.Origin.CommentActions) == 0 || slices.ContainsFunc(c.Origin.CommentActions, unknown) {
		return errors.New("must be created, edited, or both separated by a comma")
	}
	return nil
}
