package policy

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Row is one rule or setting of an environment as people read it.
type Row struct {
	Key   string // as the file spells it; the name, for freezes and path rules
	Value string // plain text: names in it are as the file has them
	Line  int    // that sets it
}

// Rows returns what the file says of the environment, in the order of the keys.
func (r Rules) Rows() []Row {
	var rows []Row
	add := func(key, value string, line int) {
		if line > 0 {
			rows = append(rows, Row{key, value, line})
		}
	}
	add("after", strings.Join(r.After.Value, ", "), r.After.Line)
	add("url", r.URL.Value, r.URL.Line)
	add("production", strconv.FormatBool(r.Production.Value), r.Production.Line)
	add("allow", listOfPrincipals(r.Allow.Value), r.Allow.Line)
	add("checks", r.Checks.Value.String(), r.Checks.Line)
	add("reviews", r.Reviews.Value.String(), r.Reviews.Line)
	add("draft", strconv.FormatBool(r.Draft.Value), r.Draft.Line)
	add("update_branch", string(r.UpdateBranch.Value), r.UpdateBranch.Line)
	add("soak", lengthText(r.Soak.Value), r.Soak.Line)
	add("noop", textOrFalse(map[bool]string{true: "required"}[r.Noop.Value]), r.Noop.Line)
	add("labels", r.Labels.Value.String(), r.Labels.Line)
	add("checklist", textOrFalse(r.Checklist.Value), r.Checklist.Line)
	add("confirm", strconv.FormatBool(r.Confirm.Value), r.Confirm.Line)
	add("health_check", listOfHealth(r.HealthCheck.Value), r.HealthCheck.Line)
	add("enforcement", string(r.Enforcement.Value), r.Enforcement.Line)
	for _, freeze := range r.Freezes {
		add("freeze "+freeze.Name, freeze.Period(), freeze.Line)
	}
	for _, rule := range r.PathRules {
		add("path rule "+rule.Name, rule.String(), rule.Line)
	}
	add("override", r.Override.String(), r.Override.Line)
	return rows
}

// textOrFalse returns what a key that is switched off has in place of nothing.
func textOrFalse(text string) string { return cmp.Or(text, "false") }

// lengthText returns a length of time as the file spells it: 1d12h.
func lengthText(length time.Duration) string {
	var b strings.Builder
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if count := length / unit.long; count > 0 {
			fmt.Fprintf(&b, "%d%s", count, unit.name)
			length -= count * unit.long
		}
	}
	return textOrFalse(b.String())
}

func listOfPrincipals(all []Principal) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.String()
	}
	return strings.Join(names, ", ")
}

// String returns which checks count.
func (c Checks) String() string {
	switch {
	case c.Off:
		return "false"
	case c.All:
		return "all"
	case len(c.Names) > 0:
		return strings.Join(c.Names, ", ")
	}
	return "required"
}

// String returns which reviews are needed.
func (r Reviews) String() string {
	switch {
	case r.Off:
		return "false"
	case r.Count == 0:
		return "what GitHub requires"
	case len(r.From) > 0:
		return fmt.Sprintf("%d from %s", r.Count, listOfPrincipals(r.From))
	}
	return strconv.Itoa(r.Count)
}

// String returns which labels are needed, and which are in the way.
func (l Labels) String() string {
	var parts []string
	if len(l.Require) > 0 {
		parts = append(parts, "require "+strings.Join(l.Require, ", "))
	}
	if len(l.Forbid) > 0 {
		parts = append(parts, "forbid "+strings.Join(l.Forbid, ", "))
	}
	return textOrFalse(strings.Join(parts, "; "))
}

// String returns what the rule asks for, and of which files.
func (p PathRule) String() string {
	var wants []string
	if p.Merged {
		wants = append(wants, "merged")
	}
	if p.Reviews.Count > 0 {
		wants = append(wants, "reviews "+p.Reviews.String())
	}
	return strings.Join(p.Paths, ", ") + ": " + strings.Join(wants, ", ")
}

// String returns who may lift which rules.
func (o Override) String() string {
	rules := make([]string, len(o.Rules))
	for i, rule := range o.Rules {
		rules[i] = string(rule)
	}
	return strings.Join(rules, ", ") + " by " + listOfPrincipals(o.Allow)
}

// Period returns when the freeze is in effect, as the file spells it.
func (f Freeze) Period() string { return f.From.text(f.Kind) + " to " + f.Until.text(f.Kind) }

func (m Moment) text(kind FreezeKind) string {
	clock := fmt.Sprintf("%02d:%02d", m.Hour, m.Minute)
	switch kind {
	case Weekly:
		return strings.ToLower(m.Weekday.String()[:3]) + " " + clock
	case Once:
		return fmt.Sprintf("%04d-%02d-%02d %s", m.Year, m.Month, m.Day, clock)
	case Daily:
	}
	return clock
}
