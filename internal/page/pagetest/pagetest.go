// Package pagetest has pages for tests: what most people see, and what no one should.
package pagetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/page"
)

// Pages returns pages by name.
func Pages() map[string]page.Page {
	return map[string]page.Page{"three": Three(), "fifty": Fifty(), "hostile": Hostile(), "empty": Empty()}
}

func at() time.Time { return time.Date(2026, 11, 27, 14, 32, 0, 0, time.UTC) }

func ago(length time.Duration) time.Time { return at().Add(-length) }

const (
	repository = "acme/shop"
	address    = "https://github.com/acme/shop"
	day        = 24 * time.Hour
)

func commit(sha, version string, pull int) page.Commit {
	return page.Commit{SHA: strings.Repeat(sha, 6)[:40], Address: address + "/commit/" + sha, Version: version, Pull: pull}
}

func deployment(state page.State, words string, before time.Duration, of page.Commit) page.Deployment {
	return page.Deployment{At: ago(before), State: state, Words: words, Commit: of, By: "alice", Link: address + "/actions/runs/1"}
}

// Three is a page with three environments, a lock, a freeze, and a deployment that failed.
func Three() page.Page {
	berlin := time.FixedZone("Europe/Berlin", 3600)
	a, b, c, d := commit("4f2a9c1", "", 41), commit("97d0b3e", "v1.4.2", 38), commit("c0ffee1", "v1.4.3", 40), commit("5ca1ab1e", "v1.4.1", 35)
	freeze := page.Bar{From: ago(-90 * time.Minute), Until: ago(-66 * time.Hour), Text: "weekend, no one is on call, until Mon 30 Nov 07:00 UTC"}
	last := page.Bar{From: ago(166 * time.Hour), Until: ago(102 * time.Hour), Text: "weekend, no one is on call"}
	lock := page.Bar{From: ago(5 * time.Hour), Until: ago(-88 * time.Minute), Text: "carol, until 16:00 UTC: “watching the new queue”"}
	return page.Page{
		Repository: repository, Address: address, At: at(), Zone: berlin,
		Rows: []page.Row{
			{
				Environment: "development", Address: "https://dev.example.com", State: page.Going, Words: "deploying", Link: address + "/actions/runs/9",
				Runs: c, Since: ago(6 * time.Hour), By: "bob",
				Deployments: []page.Deployment{
					deployment(page.Going, "in progress", 2*time.Minute, a), deployment(page.Good, "succeeded", 6*time.Hour, c),
					deployment(page.Good, "succeeded", 30*time.Hour, b), deployment(page.Ended, "ended without a result", 34*time.Hour, d),
					deployment(page.Good, "succeeded", 80*time.Hour, d),
				},
			},
			{
				Environment: "staging", Address: "https://staging.example.com", State: page.Good, Words: "runs", Runs: a, Since: ago(79 * time.Minute), By: "alice",
				Deployments: []page.Deployment{
					deployment(page.Good, "succeeded", 79*time.Minute, a), deployment(page.Good, "succeeded", 25*time.Hour, b),
					deployment(page.Back, "rolled back", 50*time.Hour, d), deployment(page.Bad, "failed", 51*time.Hour, c),
					deployment(page.Good, "succeeded", 5*day, d),
				},
			},
			{
				Environment: "production", Address: "https://shop.example.com", State: page.Bad, Words: "last attempt failed", Runs: b, Since: ago(3 * day), By: "bob",
				Lock: &lock, Freezes: []page.Bar{last, freeze},
				Deployments: []page.Deployment{
					deployment(page.Bad, "failed", 20*time.Hour, c), deployment(page.Good, "succeeded", 3*day, b), deployment(page.Good, "succeeded", 8*day, d),
				},
			},
		},
	}
}

// Fifty is a page with as many environments as are read at once.
func Fifty() page.Page {
	p := Three()
	p.Rows = nil
	for i := range 50 {
		row := page.Row{Environment: fmt.Sprintf("customer-%02d", i+1), State: page.Good, Words: "runs", By: "alice"}
		if i%9 == 4 {
			row.State, row.Words, row.By = page.Nothing, "nothing yet", ""
			p.Rows = append(p.Rows, row)
			continue
		}
		row.Deployments = history(i)
		if row.Deployments[0].State == page.Bad {
			row.State, row.Words = page.Bad, "last attempt failed"
		}
		runs := slices.IndexFunc(row.Deployments, func(d page.Deployment) bool { return d.State == page.Good })
		row.Runs, row.Since = row.Deployments[runs].Commit, row.Deployments[runs].At
		if i%12 == 6 {
			row.Lock = &page.Bar{From: ago(time.Duration(i) * time.Hour), Text: "bob, no end"}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// history is ten deployments of one environment, some of which failed.
func history(i int) []page.Deployment {
	var all []page.Deployment
	for j := range 10 {
		of := commit(fmt.Sprintf("%07x", 7919*(i+1)*(j+3)), fmt.Sprintf("v2.%d.%d", 40-j, i%3), 100-j)
		d := deployment(page.Good, "succeeded", time.Duration(7*i%31+j*j*5+1)*time.Hour, of)
		if (i+j)%7 == 3 {
			d.State, d.Words = page.Bad, "failed"
		}
		all = append(all, d)
	}
	return all
}

// Evil are names that try to be more than names.
func Evil() []string {
	return []string{
		`</svg><script>document.title='taken'</script>`,
		`"><img src=x onerror="document.title='taken'">`,
		`' onmouseover='document.title="taken"`,
		"</style><style>*{display:none}</style>",
		"</title></desc></script><!-- ]]>&lt;script&gt;",
		"pro\u202eductio\u2066n\u200f\u2069 \u061c and more",
		strings.Repeat("W", 200),
		strings.Repeat("long name ", 20),
		"a\nb\r\n\x00\x1b[31m\u2028c",
		"\xff\xfe not text",
		"javascript:document.title='taken'",
		strings.Repeat("\u0321\u0489", 100) + "zalgo",
		"生产环境🚀",
	}
}

// Hostile is a page of which every text is hostile in every place.
func Hostile() page.Page {
	p := page.Page{Repository: Evil()[0], Address: "javascript:document.title='taken'", At: at(), Zone: time.FixedZone(Evil()[1], 3600), Notes: Evil()}
	for i, evil := range Evil() {
		of := page.Commit{SHA: evil, Address: evil, Version: evil, Pull: -i}
		states := []page.State{page.Good, page.Bad, page.Going, page.Back, page.Ended, page.State(evil)}
		row := page.Row{
			Environment: evil, Address: evil, State: states[i%len(states)], Words: evil, Runs: of, Since: ago(time.Hour), By: evil, Link: evil,
			Lock: &page.Bar{From: ago(-1000 * day), Until: ago(1000 * day), Text: evil}, Freezes: []page.Bar{{Text: evil}},
		}
		for j, state := range states {
			row.Deployments = append(row.Deployments, page.Deployment{At: ago(time.Duration(j) * 9 * time.Hour), State: state, Words: evil, Commit: of, By: evil, Link: evil})
		}
		row.Deployments = append(row.Deployments, page.Deployment{Commit: of}, page.Deployment{At: ago(-99999 * time.Hour), Commit: of})
		p.Rows = append(p.Rows, row)
	}
	return p
}

// Empty is the page of a repository without environments.
func Empty() page.Page {
	return page.Page{Repository: repository, Address: address, At: at(), Notes: []string{"The rules file has errors: line 3, column 1: unknown key."}}
}
