package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/policy"
)

// CheckingHealth is the description of the status of a deployment whose health is being checked.
const CheckingHealth = "health check"

// Health is what the health check of a deployment came to. Without results nothing was checked.
type Health struct {
	Results []HealthResult `json:"results,omitempty"`
	Problem string         `json:"problem,omitempty"` // why it is not known what to check, "" where it is known
	Stopped bool           `json:"stopped,omitempty"` // the job was cancelled before the check ended
}

// HealthResult is what one check came to.
type HealthResult struct {
	URL     string       `json:"url"`     // without its query
	Answers []string     `json:"answers"` // of each attempt: a status, or what was missing
	Result  HealthStatus `json:"result"`
	Problem string       `json:"problem,omitempty"` // why nothing was asked, "" where it was
}

// HealthStatus is how a check ended.
type HealthStatus string

// The ends of a check.
const (
	Healthy   HealthStatus = "passed"
	Unhealthy HealthStatus = "failed"
	Unchecked HealthStatus = "cancelled"
)

// Failed reports whether the application does not answer as it should, or that is not known.
func (h *Health) Failed() bool {
	isBad := func(one HealthResult) bool { return one.Result == Unhealthy }
	return h != nil && !h.Stopped && (h.Problem != "" || slices.ContainsFunc(h.Results, isBad))
}

// Passed reports whether something was checked, and all of it is well.
func (h *Health) Passed() bool {
	isWell := func(one HealthResult) bool { return one.Result == Healthy }
	return h != nil && len(h.Results) > 0 && h.Problem == "" && !h.Stopped && allOf(h.Results, isWell)
}

// WasStopped reports whether the job was cancelled before the check ended.
func (h *Health) WasStopped() bool { return h != nil && h.Stopped }

// Brief returns the same with no more than the last answer of each check.
func (h *Health) Brief() *Health {
	brief := *h
	brief.Results = slices.Clone(h.Results)
	for i, one := range brief.Results {
		brief.Results[i].Answers = one.Answers[max(0, len(one.Answers)-1):]
	}
	return &brief
}

func allOf[T any](all []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(all, func(one T) bool { return !holds(one) })
}

// longestFailure is how long the description of a failure may be, in characters, as GitHub limits it.
const longestFailure = 140

// Failure says in plain text what failed, for a deployment status. It is only for a check that failed.
func (h *Health) Failure() string {
	const failed = "health check failed: "
	if h.Problem != "" {
		return Shorten(failed+h.Problem, longestFailure)
	}
	bad := slices.DeleteFunc(slices.Clone(h.Results), func(one HealthResult) bool { return one.Result != Unhealthy })
	rest := ""
	if len(bad) > 1 {
		rest = fmt.Sprintf(" (and %d more)", len(bad)-1)
	}
	room := longestFailure - len(failed) - len(rest)
	where, what := bad[0].Name(), bad[0].Saw()
	if names := room - len([]rune(what)) - 1; names < len([]rune(where)) {
		const least = 20
		where = Shorten(where, max(names, least))
	}
	return failed + Shorten(where+" "+what, room) + rest
}

// Shorten returns a text of at most so many characters, with an ellipsis where it is cut.
func Shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// Name is the host and path of what was checked.
func (r HealthResult) Name() string {
	_, name, _ := strings.Cut(r.URL, "://")
	return name
}

// Saw says in plain text how the application answered: "answered 503, 3 times".
func (r HealthResult) Saw() string {
	if r.Problem != "" {
		return "was not asked: " + r.Problem
	}
	if len(r.Answers) == 0 {
		return "was not asked"
	}
	last := r.Answers[len(r.Answers)-1]
	text := "answered " + last
	if last[0] < '0' || last[0] > '9' {
		text = last
	}
	same := func(one string) bool { return one == last }
	switch count := len(r.Answers); {
	case count == 1:
		return text
	case allOf(r.Answers, same):
		return fmt.Sprintf("%s, %d times", text, count)
	default:
		return fmt.Sprintf("%s, in the last of %d attempts", text, count)
	}
}

// HealthText replaces the placeholders of the text that a check looks for. The problem is "" where none of them is
// empty. A commit is no version.
func HealthText(contains, sha, version string) (text, problem string) {
	if version == sha {
		version = ""
	}
	for _, one := range []struct{ placeholder, name, value string }{
		{policy.SHAPlaceholder, "commit", sha}, {policy.ShortSHAPlaceholder, "commit", Short(sha)}, {policy.VersionPlaceholder, "version", version},
	} {
		if strings.Contains(contains, one.placeholder) && one.value == "" {
			problem = cmp.Or(problem, "There is no "+one.name+" to look for.")
		}
	}
	filled := strings.NewReplacer(policy.SHAPlaceholder, sha, policy.ShortSHAPlaceholder, Short(sha), policy.VersionPlaceholder, version)
	return filled.Replace(contains), problem
}
