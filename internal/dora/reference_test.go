package dora_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// What follows computes a report as slowly as the definitions in docs/reports.md read, and shares nothing with the product.

// did is one deployment, as its statuses tell.
type did struct {
	d                          deploy.Deployment
	place                      int // in the order in which they were created
	started, succeeded, failed time.Time
	outcome                    string
	kind, unknown              string
	pulls                      []releases.Pull
	commits                    []releases.Commit
}

func (r *reference) outcomes() {
	for _, d := range slices.Backward(r.h.Deployments) {
		if r.isTwin(d) {
			continue
		}
		one := &did{d: d, place: len(r.all), started: d.CreatedAt}
		var statuses []deploy.Status
		for _, status := range slices.Backward(d.Statuses) {
			statuses = append(statuses, status)
		}
		sort.SliceStable(statuses, func(a, b int) bool { return statuses[a].CreatedAt.Value.Before(statuses[b].CreatedAt.Value) })
		began, last, said := false, d.CreatedAt, ""
		for _, status := range statuses {
			last = status.CreatedAt.Value
			if status.State == "IN_PROGRESS" && !began {
				began, one.started = true, last
			}
			if status.State == "SUCCESS" {
				one.failed = time.Time{}
				if one.succeeded.IsZero() {
					one.succeeded = last
				}
			}
			if status.State == "FAILURE" || status.State == "ERROR" {
				one.failed, said = last, status.Description
			}
		}
		switch {
		case !one.succeeded.IsZero():
			one.outcome = "success"
		case !one.failed.IsZero() && strings.HasPrefix(said, "aborted:"):
			one.outcome = "aborted"
		case !one.failed.IsZero():
			one.outcome = "failed"
		case d.State == "ABANDONED", r.h.ReadAt.Sub(last) >= 24*time.Hour:
			one.outcome = "abandoned"
		default:
			one.outcome = "running"
		}
		r.all = append(r.all, one)
	}
}

// isTwin reports whether GitHub made a deployment for a job of a run that has one of ours.
func (r *reference) isTwin(d deploy.Deployment) bool {
	if d.Own {
		return false
	}
	for _, other := range r.h.Deployments {
		if other.Own && strings.Contains(d.LogURL+"/", fmt.Sprintf("/actions/runs/%d/", other.CreatedBy.Run.ID)) {
			return true
		}
	}
	return false
}

type reference struct {
	s         dora.Settings
	h         releases.History
	issues    []releases.Incident
	all       []*did // oldest first
	successes []*did // as they succeeded
	from      time.Time
}

func (r *reference) read(sha string) (releases.Commit, bool) {
	for _, one := range r.h.Commits {
		if one.SHA == sha {
			return one, true
		}
	}
	for _, off := range r.h.Off {
		for _, one := range off.Commits {
			if one.SHA == sha {
				return one, true
			}
		}
	}
	return releases.Commit{}, false
}

// below returns a commit with everything that it is built on.
func (r *reference) below(sha string, into map[string]bool) {
	if one, known := r.read(sha); known && !into[sha] {
		into[sha] = true
		for _, parent := range one.Parents {
			r.below(parent, into)
		}
	}
}

// ends adds the commits at which what was read ends.
func (r *reference) ends(set map[string]bool) {
	for _, sha := range slices.Collect(maps.Keys(set)) {
		one, _ := r.read(sha)
		for _, parent := range one.Parents {
			set[parent] = true
		}
	}
}

// unread reports whether a commit has others that no earlier success had and that were not read, as far as can be seen.
func (r *reference) unread(sha string, before map[string]bool) bool {
	set := map[string]bool{}
	r.below(sha, set)
	based, line := false, []string{}
	for each := range before {
		based = based || r.isMain(each)
	}
	for at := sha; at != ""; {
		line = append(line, at)
		one, _ := r.read(at)
		at = ""
		if len(one.Parents) > 0 {
			at = one.Parents[0]
		}
	}
	for each := range set {
		one, _ := r.read(each)
		for i, parent := range one.Parents {
			if _, known := r.read(parent); known || before[parent] || before[each] {
				continue
			}
			switch {
			case !r.isMain(each):
				if !based {
					return true
				}
			case one.Pull == nil, i == 0 && slices.Contains(line, each), !slices.Contains(line, each) && r.hasOther(each, set, before):
				return true
			}
		}
	}
	return !set[sha]
}

// hasOther reports whether a commit on top of one is of something else.
func (r *reference) hasOther(sha string, set, before map[string]bool) bool {
	for each := range set {
		one, _ := r.read(each)
		if !before[each] && slices.Contains(one.Parents, sha) && r.keyOf(each) != r.keyOf(sha) {
			return true
		}
	}
	return false
}

func (r *reference) isMain(sha string) bool {
	return slices.ContainsFunc(r.h.Commits, func(c releases.Commit) bool { return c.SHA == sha })
}

// gap says why it is not known what a commit has.
func (r *reference) gap(d deploy.Deployment) string {
	_, known := r.read(d.SHA)
	off, compared := r.h.Off[d.SHA]
	if compared && off.Gap != "" {
		return off.Gap
	}
	if known || compared {
		return ""
	}
	if d.Commit == nil {
		return "the commit no longer exists"
	}
	return "the commit was not compared with the default branch"
}

func (r *reference) kinds() {
	for _, one := range r.all {
		if one.outcome == "success" {
			r.successes = append(r.successes, one)
		}
	}
	sort.SliceStable(r.successes, func(a, b int) bool { return r.successes[a].succeeded.Before(r.successes[b].succeeded) })
	for i, one := range r.successes {
		before := map[string]bool{} // commits that an earlier success had
		had := map[string]bool{}    // pull requests and commits that an earlier success had
		unclear := ""
		for _, earlier := range r.successes[:i] {
			gap := r.gap(earlier.d)
			if gap == "" {
				set := map[string]bool{}
				r.below(earlier.d.SHA, set)
				set[earlier.d.SHA] = true
				for sha := range set {
					had[r.keyOf(sha)] = true
				}
				r.ends(set)
				for sha := range set {
					before[sha] = true
				}
			} else if earlier.d.Pull > 0 {
				had[fmt.Sprint("pull ", earlier.d.Pull)] = true
			}
			if gap != "" {
				unclear = "it is not known what an earlier deployment had: " + gap
			} else if earlier.kind != "rollback" {
				unclear = ""
			}
		}
		r.kind(i, one, before)
		if one.kind != "forward" {
			continue
		}
		one.unknown = r.gap(one.d)
		if i == 0 {
			one.unknown = "deployments before were not read, because there are too many"
		}
		if one.unknown == "" {
			one.unknown = unclear
		}
		if one.unknown == "" && r.unread(one.d.SHA, before) {
			one.unknown = "it has commits that are older than those that were read"
		}
		if one.unknown == "" {
			r.changes(one, before, had)
		}
	}
}

func (r *reference) keyOf(sha string) string {
	if commit, known := r.read(sha); known && commit.Pull != nil {
		return fmt.Sprint("pull ", commit.Pull.Number)
	}
	return sha
}

func (r *reference) kind(i int, one *did, before map[string]bool) {
	if i == 0 {
		one.kind = "first"
		if !r.h.Cut.IsZero() && one.d.Rollback != nil {
			one.kind = "rollback"
		} else if !r.h.Cut.IsZero() {
			one.kind = "forward"
		}
		return
	}
	previous := r.successes[i-1]
	same := one.d.SHA == previous.d.SHA || one.d.TreeSHA != "" && one.d.TreeSHA == previous.d.TreeSHA
	under := map[string]bool{}
	r.below(previous.d.SHA, under)
	r.ends(under)
	switch {
	case same:
		one.kind = "redeploy"
	case one.d.Rollback != nil, under[one.d.SHA] && before[one.d.SHA]:
		one.kind = "rollback"
	default:
		one.kind = "forward"
	}
}

func (r *reference) changes(one *did, before, had map[string]bool) {
	set := map[string]bool{}
	r.below(one.d.SHA, set)
	set[one.d.SHA] = true
	seen := map[string]bool{}
	for sha := range set {
		commit, known := r.read(sha)
		key := r.keyOf(sha)
		if before[sha] || had[key] || seen[key] {
			continue
		}
		seen[key] = true
		if known && commit.Pull != nil {
			one.pulls = append(one.pulls, *commit.Pull)
		} else {
			one.commits = append(one.commits, commit)
		}
	}
}

func (r *reference) in(t time.Time) bool {
	return (t.Equal(r.from) || t.After(r.from)) && t.Before(r.s.At)
}

// counting returns the successes that are no redeploys, with the place of each among the successes.
func (r *reference) counting() []*did {
	var all []*did
	for _, one := range r.successes {
		if one.kind != "redeploy" {
			all = append(all, one)
		}
	}
	return all
}

// runs returns the success that counts for another one: itself, or the one that it deploys again.
func (r *reference) runs(one *did) *did {
	at := slices.Index(r.successes, one)
	for at >= 0 && r.successes[at].kind == "redeploy" {
		at--
	}
	if at < 0 {
		return nil
	}
	return r.successes[at]
}

var cause = regexp.MustCompile(`(?i)root cause: *` + "`?" + `([0-9a-f]{7,40})`)

// blamed returns the success that an incident belongs to.
func (r *reference) blamed(issue releases.Incident) *did {
	named := cause.FindStringSubmatch(issue.Body)
	var found *did
	for _, one := range r.successes {
		if !one.succeeded.After(issue.OpenedAt) && (named == nil || strings.HasPrefix(one.d.SHA, strings.ToLower(named[1]))) {
			found = one
		}
	}
	if found == nil {
		return nil
	}
	return r.runs(found)
}

// failure returns when a success that counts failed afterwards.
func (r *reference) failure(of *did) (first time.Time) {
	for _, one := range r.successes {
		if r.runs(one) != of {
			continue
		}
		for i, status := range one.d.Statuses {
			if status.State != "FAILURE" && status.State != "ERROR" {
				continue
			}
			after := false
			for j, other := range one.d.Statuses { // newest first
				earlier := other.CreatedAt.Value.Before(status.CreatedAt.Value) || other.CreatedAt.Value.Equal(status.CreatedAt.Value) && j > i
				after = after || other.State == "SUCCESS" && earlier
			}
			if at := status.CreatedAt.Value; after && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first
}

type spansOf struct {
	all               []int
	negative, unknown int
}

func (s *spansOf) add(from, until time.Time) {
	switch {
	case from.IsZero(), until.IsZero():
		s.unknown++
	case until.Before(from):
		s.negative++
	default:
		s.all = append(s.all, int(until.Sub(from)/time.Second))
	}
}

// percentile is exact, and cut to the second.
func percentile(all []int, percent int64) any {
	if len(all) == 0 {
		return nil
	}
	sorted := slices.Clone(all)
	sort.Ints(sorted)
	rank := big.NewRat(int64(len(sorted)-1)*percent, 100)
	whole := new(big.Int).Quo(rank.Num(), rank.Denom()).Int64()
	rest := new(big.Rat).Sub(rank, big.NewRat(whole, 1))
	value := big.NewRat(int64(sorted[whole]), 1)
	if int(whole) < len(sorted)-1 {
		value.Add(value, rest.Mul(rest, big.NewRat(int64(sorted[whole+1]-sorted[whole]), 1)))
	}
	return new(big.Int).Quo(value.Num(), value.Denom()).Int64()
}

func (s spansOf) json() map[string]any {
	return map[string]any{"n": len(s.all), "p50_seconds": percentile(s.all, 50), "p90_seconds": percentile(s.all, 90), "negative": s.negative, "unknown": s.unknown}
}

func spanLevel(s spansOf) any {
	if len(s.all) < 5 {
		return nil
	}
	median, _ := percentile(s.all, 50).(int64)
	const d = 24 * 60 * 60
	switch {
	case median < 3600:
		return 6
	case median < d:
		return 5
	case median <= 7*d:
		return 4
	case median <= 30*d:
		return 3
	case median <= 182*d:
		return 2
	}
	return 1
}

func share(count, of int) map[string]any {
	all := map[string]any{"n": of, "count": count, "rate": nil}
	if of > 0 {
		all["rate"] = json.Number(big.NewRat(int64(count), int64(of)).FloatString(4))
	}
	return all
}

func (r *reference) frequency(counted []*did, weeks []any) map[string]any {
	length := int64(r.s.At.Sub(r.from) / time.Second)
	perDay := big.NewRat(int64(len(counted))*24*60*60, length)
	out := map[string]any{"n": len(counted), "per_day": json.Number(perDay.FloatString(4)), "level": nil, "median_days_per_week": nil}
	if len(counted) >= 5 {
		out["level"] = 1
		for i, limit := range []*big.Rat{big.NewRat(1, 182), big.NewRat(1, 30), big.NewRat(1, 7), big.NewRat(1, 1), big.NewRat(2, 1)} {
			if perDay.Cmp(limit) >= 0 {
				out["level"] = i + 2
			}
		}
	}
	var days []int
	for _, week := range weeks {
		week, _ := week.(map[string]any)
		if week["partial"] == false {
			n, _ := week["days"].(int)
			days = append(days, n)
		}
	}
	out["whole_weeks"] = len(days)
	sort.Ints(days)
	if half := len(days) / 2; len(days)%2 == 1 {
		out["median_days_per_week"] = json.Number(fmt.Sprint(days[half]))
	} else if len(days) > 0 {
		out["median_days_per_week"] = json.Number(strings.TrimSuffix(fmt.Sprintf("%.1f", float64(days[half-1]+days[half])/2), ".0"))
	}
	return out
}

// weeks goes through the time hour by hour to find the weeks.
func (r *reference) weeks(counted []*did) []any {
	zone := r.s.Zone
	if zone == nil {
		zone = time.UTC
	}
	var names []string
	mondays := map[string]time.Time{}
	for t := r.from; t.Before(r.s.At); t = t.Add(time.Hour) {
		name := weekName(t.In(zone))
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if last := weekName(r.s.At.Add(-1).In(zone)); !slices.Contains(names, last) {
		names = append(names, last)
	}
	out := []any{}
	for _, name := range names {
		var year, number int
		_, _ = fmt.Sscanf(name, "%d-W%d", &year, &number)
		first := time.Date(year, 1, 4, 0, 0, 0, 0, zone) // is in the first week
		for first.Weekday() != time.Monday {
			first = first.AddDate(0, 0, -1)
		}
		mondays[name] = first.AddDate(0, 0, 7*(number-1))
		deployments, changes, days := 0, spansOf{}, map[string]bool{}
		for _, one := range counted {
			if weekName(one.succeeded.In(zone)) != name {
				continue
			}
			deployments++
			days[one.succeeded.In(zone).Format(time.DateOnly)] = true
			addLead(&changes, one)
		}
		next := mondays[name].AddDate(0, 0, 7)
		out = append(out, map[string]any{
			"week": name, "from": mondays[name].Format(time.DateOnly), "partial": mondays[name].Before(r.from) || next.After(r.s.At),
			"deployments": deployments, "days": len(days), "changes": len(changes.all), "lead_time_p50_seconds": percentile(changes.all, 50),
		})
	}
	return out
}

func weekName(t time.Time) string {
	year, week := t.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

func addLead(s *spansOf, one *did) {
	for _, pull := range one.pulls {
		s.add(pull.FirstCommitAt, one.succeeded)
	}
	for _, commit := range one.commits {
		s.add(commit.AuthoredAt, one.succeeded)
	}
}

// end is the time by which a deployment is inside or outside.
func (d *did) end() time.Time {
	if d.outcome == "success" {
		return d.succeeded
	}
	if d.outcome == "failed" || d.outcome == "aborted" {
		return d.failed
	}
	return d.d.CreatedAt
}

func (r *reference) counts(counted []*did) (map[string]any, []any, int) {
	counts := map[string]int{}
	gaps := map[string]int{}
	for _, one := range r.all {
		if !r.in(one.end()) {
			continue
		}
		if one.outcome != "success" {
			counts[one.outcome]++
			continue
		}
		counts[one.kind]++
		counts["pulls"] += len(one.pulls)
		counts["commits"] += len(one.commits)
		if one.unknown != "" {
			gaps[one.unknown]++
		}
		for _, pull := range one.pulls {
			if pull.MergedAt.IsZero() || pull.MergedAt.After(one.succeeded) {
				counts["before merge"]++
			}
		}
	}
	for _, issue := range r.issues {
		if !r.s.Incidents || !r.in(issue.OpenedAt) {
			continue
		}
		switch of := r.blamed(issue); {
		case of == nil:
			counts["unplaced"]++
		case slices.Contains(counted, of):
			counts["incidents"]++
		default:
			counts["earlier"]++
		}
	}
	unknown := []any{}
	for reason, count := range gaps {
		unknown = append(unknown, map[string]any{"reason": reason, "count": count})
	}
	attempts := counts["failed"] + counts["first"] + counts["forward"] + counts["rollback"] + counts["redeploy"]
	return map[string]any{
		"first": counts["first"], "forward": counts["forward"], "rollbacks": counts["rollback"], "redeploys": counts["redeploy"],
		"failed": counts["failed"], "aborted": counts["aborted"], "abandoned": counts["abandoned"], "in_progress": counts["running"], "without_time": 0,
		"pull_requests": counts["pulls"], "commits_without_pull_request": counts["commits"], "deployed_before_merge": counts["before merge"],
		"incidents": counts["incidents"], "incidents_of_earlier_deployments": counts["earlier"], "incidents_of_no_deployment": counts["unplaced"],
	}, unknown, attempts
}

// failures returns how many deployments failed, how long it took until they were over, and how many are not.
func (r *reference) failures(counted []*did) (failed int, recovery spansOf, open int) {
	line := r.counting()
	for i, one := range line {
		if !slices.Contains(counted, one) {
			continue
		}
		after := r.failure(one)
		var issues []releases.Incident
		for _, issue := range r.issues {
			if r.s.Incidents && r.in(issue.OpenedAt) && r.blamed(issue) == one {
				issues = append(issues, issue)
			}
		}
		if after.IsZero() && len(issues) == 0 && (i+1 == len(line) || line[i+1].kind != "rollback") {
			continue
		}
		failed++
		from, until := after, time.Time{}
		if from.IsZero() {
			from = one.succeeded
		}
		unfinished := len(issues) == 0 && i+1 == len(line)
		if len(issues) == 0 && !unfinished {
			until = line[i+1].succeeded
		}
		for _, issue := range issues {
			unfinished = unfinished || issue.ClosedAt.IsZero()
			if issue.ClosedAt.After(until) {
				until = issue.ClosedAt
			}
		}
		if unfinished {
			open++
		} else {
			recovery.add(from, until)
		}
	}
	return failed, recovery, open
}

func slow(c randomCase) map[string]any {
	r := &reference{s: c.settings, h: c.history, issues: c.incidents}
	r.from = r.s.At.Add(-time.Duration(r.s.Days) * 24 * time.Hour)
	var cut any
	if r.h.Cut.After(r.from) {
		r.from, cut = r.h.Cut, r.h.Cut.UTC().Format(time.RFC3339)
	}
	r.outcomes()
	r.kinds()
	var counted []*did
	for _, one := range r.counting() {
		if r.in(one.succeeded) {
			counted = append(counted, one)
		}
	}
	var lead, coding, review, deploying, duration spansOf
	for _, one := range r.successes {
		if !r.in(one.succeeded) {
			continue
		}
		duration.add(one.started, one.succeeded)
		addLead(&lead, one)
		for _, pull := range one.pulls {
			coding.add(pull.FirstCommitAt, pull.CreatedAt)
			if !pull.MergedAt.IsZero() {
				review.add(pull.CreatedAt, pull.MergedAt)
			}
			if !pull.MergedAt.IsZero() && !pull.MergedAt.After(one.succeeded) {
				deploying.add(pull.MergedAt, one.succeeded)
			}
		}
	}
	failed, recovery, open := r.failures(counted)
	counts, unknown, attempts := r.counts(counted)
	rollbacks, _ := counts["rollbacks"].(int)
	failing, _ := counts["failed"].(int)
	weeks := r.weeks(counted)
	leading := lead.json()
	leading["level"], leading["coding"], leading["review"], leading["deploy"] = spanLevel(lead), coding.json(), review.json(), deploying.json()
	recovering := recovery.json()
	recovering["level"], recovering["open"] = spanLevel(recovery), open
	return map[string]any{
		"environment": "production", "window_cut_at": cut, "deployment_frequency": r.frequency(counted, weeks), "change_lead_time": leading,
		"change_fail_rate": share(failed, len(counted)), "failed_deployment_recovery_time": recovering, "deployment_rework_rate": share(rollbacks, len(counted)),
		"attempt_failure_rate": share(failing, attempts), "duration": duration.json(), "weeks": weeks, "counts": counts, "unknown": unknown,
	}
}

// normal brings both sides to the same types, and gaps into an order.
func normal(t *testing.T, value any) map[string]any {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	var out map[string]any
	require.NoError(t, json.Unmarshal(text, &out))
	unknown, _ := out["unknown"].([]any)
	sort.Slice(unknown, func(a, b int) bool { return fmt.Sprint(unknown[a]) < fmt.Sprint(unknown[b]) })
	return out
}

func fast(t *testing.T, c randomCase) map[string]any {
	t.Helper()
	series := dora.Series{Environment: c.history.Environment, Cut: c.history.Cut, Releases: releases.Of(c.history)}
	var report struct{ Environments []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(dora.Of(c.settings, []dora.Series{series}, c.incidents).JSON("acme/shop")), &report))
	require.Len(t, report.Environments, 1)
	return report.Environments[0]
}

// Ten thousand random histories, computed twice.
func TestReference(t *testing.T) {
	t.Parallel()
	count := 10_000
	if testing.Short() {
		count = 500
	}
	seen := map[string]int{}
	for seed := range count {
		c := random(uint64(seed))
		want, got := normal(t, slow(c)), normal(t, fast(t, c))
		if !assert.Equal(t, want, got, "seed %d", seed) {
			return
		}
		assertSums(t, got)
		note(seen, "", got)
	}
	for _, name := range []string{
		".counts.first", ".counts.forward", ".counts.rollbacks", ".counts.redeploys", ".counts.failed", ".counts.aborted", ".counts.abandoned", ".counts.in_progress",
		".counts.pull_requests", ".counts.commits_without_pull_request", ".counts.deployed_before_merge", ".counts.incidents",
		".counts.incidents_of_earlier_deployments", ".counts.incidents_of_no_deployment", ".change_fail_rate.count", ".failed_deployment_recovery_time.open",
		".failed_deployment_recovery_time.negative", ".failed_deployment_recovery_time.level", ".change_lead_time.negative", ".change_lead_time.unknown",
		".change_lead_time.level", ".change_lead_time.deploy.n", ".change_lead_time.review.n", ".deployment_frequency.level", ".window_cut_at", ".unknown",
	} {
		assert.Greater(t, seen[name], count/500, "%s is hardly ever there", name)
	}
}

// assertSums checks what must hold of every report: what is left out is counted.
func assertSums(t *testing.T, e map[string]any) {
	t.Helper()
	value := func(path string) (n float64) {
		at := e
		for name := range strings.SplitSeq(path, ".") {
			n, _ = at[name].(float64)
			at, _ = at[name].(map[string]any)
		}
		return n
	}
	n, deployed := value("deployment_frequency.n"), 0.0
	weeks, _ := e["weeks"].([]any)
	for _, week := range weeks {
		week, _ := week.(map[string]any)
		one, _ := week["deployments"].(float64)
		deployed += one
	}
	lead, recovery := "change_lead_time.", "failed_deployment_recovery_time."
	ok := assert.InDelta(t, n, deployed, 0, "each deployment is in one week") &&
		assert.InDelta(t, n, value("counts.first")+value("counts.forward")+value("counts.rollbacks"), 0) &&
		assert.InDelta(t, value("counts.pull_requests")+value("counts.commits_without_pull_request"), value(lead+"n")+value(lead+"negative")+value(lead+"unknown"), 0) &&
		assert.InDelta(t, value("change_fail_rate.count"), value(recovery+"n")+value(recovery+"negative")+value(recovery+"open"), 0) &&
		assert.LessOrEqual(t, value("change_fail_rate.count"), n) && assert.LessOrEqual(t, value("deployment_rework_rate.count"), n)
	require.True(t, ok)
}

// note counts what is there and is not zero.
func note(seen map[string]int, name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, one := range value {
			note(seen, name+"."+key, one)
		}
	case []any:
		if len(value) > 0 {
			seen[name]++
		}
	case float64:
		if value != 0 {
			seen[name]++
		}
	case string:
		seen[name]++
	}
}
