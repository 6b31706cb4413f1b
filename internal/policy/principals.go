package policy

import (
	"regexp"
	"slices"
	"strings"
)

const (
	loginPattern = `[A-Za-z0-9][A-Za-z0-9-]{0,59}(_[A-Za-z0-9]{1,20})?` // with the short code of a managed user
	teamPattern  = loginPattern + `/[A-Za-z0-9_.-]{1,100}`
	rolePattern  = `role:[^\s:]([^:]{0,98}[^\s:])?`
)

// events start a deployment without a comment.
func events() []string {
	return []string{
		"branch_protection_rule", "check_run", "check_suite", "create", "delete", "deployment", "deployment_status",
		"discussion", "fork", "gollum", "issues", "label", "merge_group", "milestone", "page_build", "public",
		"pull_request", "pull_request_target", "push", "registry_package", "release", "schedule", "status", "watch",
		"workflow_run",
	}
}

// personal returns why an event is judged by the user who caused it, "" for other events.
func personal(event string) string {
	switch event {
	case "workflow_dispatch", "repository_dispatch":
		return "a start by hand is judged by its user"
	case "issue_comment", "pull_request_review", "pull_request_review_comment", "discussion_comment", "commit_comment":
		return "a comment is judged by its user"
	case "workflow_call":
		return "a called workflow has the event of its caller"
	default:
		return ""
	}
}

var (
	login = regexp.MustCompile(`^` + loginPattern + `$`)
	team  = regexp.MustCompile(`^` + teamPattern + `$`)
	role  = regexp.MustCompile(`^` + rolePattern + `$`)
)

// principal is someone of these kinds.
func principal(kinds ...PrincipalKind) kind[Principal] {
	example := "alice or acme/release"
	if slices.Contains(kinds, Role) {
		example = "alice, acme/release or role:maintain"
	}
	return kind[Principal]{
		text: principalText(kinds), schema: schema{"type": "string", "pattern": principalPattern(kinds)},
		read: func(r *reader, v value) (Principal, bool) {
			if problem := v.splitWord(); problem != "" {
				r.fail(v, "%s", problem)
				return Principal{}, false
			}
			text, ok := r.freeText(v, "a user or a team", example)
			if !ok {
				return Principal{}, false
			}
			read, problem := parsePrincipal(text)
			switch {
			case problem != "":
				r.fail(v, "%s %s", quote(text), problem)
			case !slices.Contains(kinds, read.Kind):
				r.fail(v, "%s has no place here; write %s", quote(text), example)
			default:
				return read, true
			}
			return Principal{}, false
		},
	}
}

// splitWord finds role: maintain with a space, which YAML reads as a map.
func (v value) splitWord() string {
	if len(v.node.Content) != 2 || (v.node.Content[0].Value != "role" && v.node.Content[0].Value != "event") {
		return ""
	}
	return "the colon is followed by a space; write " + v.node.Content[0].Value + ":name, without the space"
}

func principalText(kinds []PrincipalKind) string {
	texts := map[PrincipalKind]string{User: "login", Team: "`org/team`", Role: "`role:<name>`", Event: "`event:<name>`"}
	var all []string
	for _, one := range kinds {
		all = append(all, texts[one])
	}
	return strings.Join(all, ", ")
}

func principalPattern(kinds []PrincipalKind) string {
	patterns := map[PrincipalKind]string{
		User: loginPattern, Team: teamPattern, Role: rolePattern, Event: "event:(" + strings.Join(events(), "|") + ")",
	}
	var all []string
	for _, one := range kinds {
		all = append(all, patterns[one])
	}
	return "^(" + strings.Join(all, "|") + ")$"
}

// parsePrincipal returns who a text names, or what is wrong with it.
func parsePrincipal(text string) (Principal, string) {
	prefix, name, hasPrefix := strings.Cut(text, ":")
	switch {
	case strings.HasPrefix(text, "@"):
		return Principal{}, "begins with @; write it without"
	case strings.HasSuffix(text, "[bot]"):
		return Principal{}, "is a bot, which has no permission in a repository; write event:push or another event for starts without a person"
	case slices.Contains([]string{"admin", "maintain", "write", "triage", "read"}, text):
		return Principal{}, "is a role; write role:" + text
	case hasPrefix && prefix == "event":
		return parseEvent(name)
	case role.MatchString(text) && isPrintable(name):
		return Principal{Kind: Role, Name: name}, ""
	case team.MatchString(text):
		return Principal{Kind: Team, Name: text}, ""
	case login.MatchString(text):
		return Principal{Kind: User, Name: text}, ""
	}
	return Principal{}, "is neither a user nor a team; write alice, acme/release, role:maintain or event:push"
}

func parseEvent(name string) (Principal, string) {
	if why := personal(name); why != "" {
		return Principal{}, "is not for this list: " + why + "; list the user, a team or a role"
	}
	if !slices.Contains(events(), name) {
		return Principal{}, "is no event that starts a workflow" + perhaps(name, events())
	}
	return Principal{Kind: Event, Name: name}, ""
}

// identity of a principal: GitHub compares names without regard to case.
func (p Principal) identity() string { return strings.ToLower(p.String()) }
