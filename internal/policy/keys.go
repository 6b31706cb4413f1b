package policy

import (
	"slices"
	"strings"
	"time"
)

// where the keys of a map are.
const (
	atTop          = "top"
	atEnvironments = "environments"
	atDefaults     = "defaults"
	atFreezes      = "freezes"
	atPathRules    = "path_rules"
	atOverride     = "override"
	atReviews      = "reviews"
	atLabels       = "labels"
	atHealthCheck  = "health_check"
)

// places names each of them for people.
func places() map[string]string {
	return map[string]string{
		atTop: "the file as a whole", atEnvironments: "an environment", atDefaults: "an environment and of defaults",
		atFreezes: "a freeze", atPathRules: "a path rule", atOverride: "override", atReviews: "reviews", atLabels: "labels", atHealthCheck: "a health check",
	}
}

// Keys returns every key of the file: those of the whole file, of an environment, and of the maps in them.
func Keys() []Key {
	return slices.Concat(
		keysOf(atTop, topKeys()), keysOf(atEnvironments, ownKeys()), keysOf(atDefaults, settingKeys()),
		keysOf(atReviews, reviewKeys()), keysOf(atLabels, labelKeys()), keysOf(atHealthCheck, healthKeys()), keysOf(atFreezes, freezeKeys()),
		keysOf(atPathRules, pathRuleKeys()), keysOf(atOverride, overrideKeys()),
	)
}

func keysOf[T any](where string, members []member[T]) []Key {
	var all []Key
	for _, one := range members {
		if one.later == "" {
			one.Where = where
			all = append(all, one.Key)
		}
	}
	return all
}

func topKeys() []member[Policy] {
	return []member[Policy]{
		newMemberWith(Key{Name: "version", Example: `1`, Required: true, Meaning: "The version of the format"},
			version(), func(*Policy, value, int) {}),
		newMember(Key{Name: "time_zone", Example: `Europe/Berlin`, Default: "`UTC`", Meaning: "The time zone of freezes and of times in comments"},
			zone(), func(p *Policy) **time.Location { return &p.Zone }),
		newMember(Key{Name: "defaults", Example: `{checks: required}`, Type: "map", Meaning: "For environments that do not set the key themselves. Nothing is merged"},
			mapOf(settingKeys(), noChecks), func(p *Policy) *Settings { return &p.Defaults }),
		newMember(Key{Name: "environments", Example: `{staging: , production: {after: staging}}`, Required: true, Meaning: "What commands can name, in the order of `.help` and `.status`"},
			environments(), func(p *Policy) *[]Environment { return &p.Environments }),
		newMember(Key{Name: "freezes", Example: `[{name: weekend, from: fri 16:00, until: mon 08:00}]`, Rule: true, Type: "list", Meaning: "Times in which nothing is deployed"},
			freezes(), func(p *Policy) *[]Freeze { return &p.Freezes }),
		newMember(Key{Name: "path_rules", Example: `[{name: migration, paths: ["db/migrate/**"], merged: true}]`, Rule: true, Type: "list", Meaning: "Extra requirements for changes to these files"},
			pathRules(), func(p *Policy) *[]PathRule { return &p.PathRules }),
		newMemberWith(Key{Name: "override", Example: `{allow: [acme/sre], rules: [freeze]}`, Default: "no one can", Type: "`{allow, rules}`", Meaning: "Who may lift which rules with `--override <reason>`"},
			mapOf(overrideKeys(), noChecks), func(p *Policy, v value, read Override) {
				p.Override, p.Override.Line = read, v.key
			}),
		newLater[Policy]("services", "is reserved for a later version; remove it"),
		newLater[Policy]("extends", "is reserved for a later version; remove it"),
	}
}

// noChecks is for maps whose keys do not depend on each other.
func noChecks[T any](*reader, value, *T, map[string]value) {}

func environmentKeys() []member[Environment] {
	return append(ownKeys(), within(settingKeys(), func(e *Environment) *Settings { return &e.Settings })...)
}

// ownKeys are those that defaults cannot have.
func ownKeys() []member[Environment] {
	return []member[Environment]{
		newSetting(Key{Name: "after", Example: `staging`, Rule: true, Meaning: "All of these must run this commit now"},
			after(), func(e *Environment) *Value[[]string] { return &e.After }),
		newSetting(Key{Name: "url", Example: `https://app.example.com`, Default: "input `environment_urls`", Meaning: "The address of the deployment"},
			address(), func(e *Environment) *Value[string] { return &e.URL }),
		newSetting(Key{Name: "production", Example: `true`, Default: "input `production_environments`", Meaning: "Marks it as production on GitHub; freezes and path rules apply to these by default"},
			boolean(), func(e *Environment) *Value[bool] { return &e.Production }),
	}
}

func settingKeys() []member[Settings] {
	return append(gateKeys(),
		newSetting(Key{Name: "soak", Example: `2h`, Rule: true, Meaning: "How long this commit must have run in each environment of `after`, such as `30m` or `1d12h`"},
			orFalse(length(), 0), func(s *Settings) *Value[time.Duration] { return &s.Soak }),
		newSetting(Key{Name: "noop", Example: `required`, Rule: true, Default: "`false`", Meaning: "A `.noop` of this commit must have succeeded"},
			noop(), func(s *Settings) *Value[bool] { return &s.Noop }),
		newSetting(Key{Name: "labels", Example: `{require: [qa-passed]}`, Rule: true, Type: "`{require, forbid}`, `false`", Meaning: "Labels that the pull request needs, and labels that stop it"},
			orFalse(mapOf(labelKeys(), checkLabels), Labels{}), func(s *Settings) *Value[Labels] { return &s.Labels }),
		newSetting(Key{Name: "checklist", Example: `Deployment`, Rule: true, Meaning: "Every box under this heading of the description must be ticked"},
			orFalse(heading(), ""), func(s *Settings) *Value[string] { return &s.Checklist }),
		newSetting(Key{Name: "confirm", Example: `true`, Default: "input `deployment_confirmation`", Meaning: "Ask for a confirmation"},
			boolean(), func(s *Settings) *Value[bool] { return &s.Confirm }),
		newSetting(Key{Name: "health_check", Example: `[{url: https://app.example.com/health}]`, Default: "input `health_check`", Type: "list, `false`", Meaning: "Addresses that must answer before a deployment is a success"},
			orFalse(healthChecks(), nil), func(s *Settings) *Value[[]HealthCheck] { return &s.HealthCheck }),
		newSetting(Key{Name: "enforcement", Example: `evaluate`, Default: "`active`", Meaning: "With `evaluate`, rules only warn, except `allow`"},
			oneOf(Active, Evaluate), func(s *Settings) *Value[Enforcement] { return &s.Enforcement }),
	)
}

// gateKeys are the settings that inputs have as well.
func gateKeys() []member[Settings] {
	return []member[Settings]{
		newSetting(Key{Name: "allow", Example: `[alice, acme/release, role:maintain]`, Rule: true, Default: "everyone with `permissions`", Meaning: "Who may deploy and rehearse, in addition to having `permissions`"},
			whoMay(), func(s *Settings) *Value[[]Principal] { return &s.Allow }),
		newSetting(Key{Name: "checks", Example: `[build, test]`, Default: "inputs `checks` and `skip_ci`", Meaning: "Which checks must have passed"},
			orFalse(checks(), Checks{Off: true}), func(s *Settings) *Value[Checks] { return &s.Checks }),
		newSetting(Key{Name: "reviews", Example: `1`, Rule: true, Default: "`true`, input `skip_reviews`", Type: "`true`, `false`, number, `{count, from}`", Meaning: "`true`: what GitHub requires. A number: that many approvals of this commit as well"},
			orFalse(reviews(), Reviews{Off: true}), func(s *Settings) *Value[Reviews] { return &s.Reviews }),
		newSetting(Key{Name: "draft", Example: `true`, Default: "input `draft_permitted_targets`", Meaning: "Whether drafts can be deployed"},
			boolean(), func(s *Settings) *Value[bool] { return &s.Draft }),
		newSetting(Key{Name: "update_branch", Example: `force`, Default: "input `update_branch`", Meaning: "What happens to an outdated branch"},
			orFalse(oneOf(UpdateWarn, UpdateForce), UpdateOff), func(s *Settings) *Value[UpdateBranch] { return &s.UpdateBranch }),
	}
}

func reviewKeys() []member[Reviews] {
	return []member[Reviews]{
		newMember(Key{Name: "count", Example: `1`, Required: true, Meaning: "How many approvals of the commit are needed"},
			number(1, mostReviews), func(r *Reviews) *int { return &r.Count }),
		newMember(Key{Name: "from", Example: `[acme/leads]`, Default: "everyone with write access", Meaning: "Who may give them"},
			listOf(principal(User, Team), "[alice, acme/leads]", Principal.identity), func(r *Reviews) *[]Principal { return &r.From }),
	}
}

func labelKeys() []member[Labels] {
	list := listOf(sameSpaces(words("a label", "[qa-passed]")), "[qa-passed]", strings.ToLower)
	return []member[Labels]{
		newMember(Key{Name: "require", Example: `[qa-passed]`, Type: "list of labels", Meaning: "All of them are needed"}, list, func(l *Labels) *[]string { return &l.Require }),
		newMember(Key{Name: "forbid", Example: `[do-not-deploy]`, Type: "list of labels", Meaning: "None of them is allowed"}, list, func(l *Labels) *[]string { return &l.Forbid }),
	}
}

func freezeKeys() []member[freezeText] {
	return []member[freezeText]{
		newMember(Key{Name: "name", Example: `weekend`, Required: true, Meaning: "What comments call the freeze"},
			words("a name", "weekend"), func(f *freezeText) *string { return &f.Name }),
		newMember(Key{Name: "from", Example: `fri 16:00`, Required: true, Meaning: "When it begins: every week, every day or once"},
			moment(), func(f *freezeText) *timed { return &f.from }),
		newMember(Key{Name: "until", Example: `mon 08:00`, Required: true, Meaning: "When it ends, in the form of `from`"},
			moment(), func(f *freezeText) *timed { return &f.until }),
		newMember(Key{Name: "reason", Example: `no one is on call`, Meaning: "Why"},
			words("a text", "no one is on call"), func(f *freezeText) *string { return &f.Reason }),
		newMember(Key{Name: "environments", Example: `[production]`, Default: "the production ones", Meaning: "What it freezes"},
			environmentList(), func(f *freezeText) *[]string { return &f.Environments }),
	}
}

func pathRuleKeys() []member[PathRule] {
	return []member[PathRule]{
		newMember(Key{Name: "name", Example: `migration`, Required: true, Meaning: "What comments call the rule"},
			words("a name", "database migration"), func(p *PathRule) *string { return &p.Name }),
		newMember(Key{Name: "paths", Example: `["db/migrate/**"]`, Required: true, Meaning: "Files or directories. `*` is a part of one name, `**` any number of directories: `db/migrate/**`, `**/*.sql`, `db`"},
			listOf(pattern(), `["db/migrate/**"]`, same), func(p *PathRule) *[]string { return &p.Paths }),
		newMember(Key{Name: "environments", Example: `[production]`, Default: "the production ones", Meaning: "Where the rule is in effect"},
			environmentList(), func(p *PathRule) *[]string { return &p.Environments }),
		newMember(Key{Name: "merged", Example: `true`, Meaning: "Only commits of the default branch can be deployed"},
			onlyTrue(), func(p *PathRule) *bool { return &p.Merged }),
		newMember(Key{Name: "reviews", Example: `1`, Type: "number, `{count, from}`", Meaning: "Approvals that the change needs"},
			countedReviews(), func(p *PathRule) *Reviews { return &p.Reviews }),
		newMember(Key{Name: "note", Example: `undo with rails db:rollback`, Meaning: "Shown when the deployment starts"},
			note(), func(p *PathRule) *string { return &p.Note }),
	}
}

func overrideKeys() []member[Override] {
	rules := oneOf(AfterRule, SoakRule, FreezeRule, ReviewsRule, NoopRule, LabelsRule, ChecklistRule, PathRulesRule)
	return []member[Override]{
		newMember(Key{Name: "allow", Example: `[acme/sre]`, Required: true, Meaning: "Who may lift the rules"},
			listOf(principal(User, Team, Role), "[alice, acme/sre, role:admin]", Principal.identity), func(o *Override) *[]Principal { return &o.Allow }),
		newMember(Key{Name: "rules", Example: `[freeze]`, Required: true, Meaning: "Which rules they may lift"},
			listOf(rules, "[freeze, soak]", same), func(o *Override) *[]RuleName { return &o.Rules }),
	}
}
