package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/policy"
)

func TestMistakes(t *testing.T) {
	t.Parallel()
	for before, mistakes := range map[string]map[string][]string{
		"version: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n    ": inEnvironment(),
		"version: 1\nenvironments:\n  staging:\n  production: {production: true}\n":      belowEnvironments(),
		"": wholeFiles(),
	} {
		for text, want := range mistakes {
			t.Run(text, func(t *testing.T) {
				t.Parallel()
				_, err := policy.Read(before + text + "\n")
				var errs policy.Errors
				require.ErrorAs(t, err, &errs)
				assert.Equal(t, strings.Join(want, "\n"), err.Error())
				assert.Len(t, errs, len(want))
			})
		}
	}
}

// inEnvironment are mistakes in line 6, in the environment production, which comes after staging.
func inEnvironment() map[string][]string {
	return map[string][]string{
		`soak: 2 hours`: {
			`line 6, column 11: environments.production.soak: "2 hours" is not a length of time; write 2h`,
		},
		`soak: 30`: {
			`line 6, column 11: environments.production.soak: 30 has no unit; write for example 30m or 30h`,
		},
		`soak: 2H`: {
			`line 6, column 11: environments.production.soak: "2H" is not a length of time; write 2h`,
		},
		`soak: 0s`: {
			`line 6, column 11: environments.production.soak: "0s" is nothing or more than a year; write a length in between`,
		},
		`soak: 366d`: {
			`line 6, column 11: environments.production.soak: "366d" is nothing or more than a year; write a length in between`,
		},
		`soak: off`: {
			`line 6, column 11: environments.production.soak: "off" does not switch this off; write false`,
		},
		`soak: ~`: {
			`line 6, column 11: environments.production.soak: "~" does not switch this off; write false`,
		},
		`soak:`: {
			`line 6, column 10: environments.production.soak: there is no value; write 30m, 2h or 1d12h`,
		},
		`soak: none`: {
			`line 6, column 11: environments.production.soak: "none" does not switch this off; write false`,
		},
		`soak: no`: {
			`line 6, column 11: environments.production.soak: "no" does not switch this off; write false`,
		},
		`soak: null`: {
			`line 6, column 11: environments.production.soak: "null" does not switch this off; write false`,
		},
		`soak: 0`: {
			`line 6, column 11: environments.production.soak: "0" does not switch this off; write false`,
		},
		`soak: true`: {
			`line 6, column 11: environments.production.soak: "true" is not a length of time; write 30m, 2h or 1d12h`,
		},
		`soak: [2h]`: {
			`line 6, column 11: environments.production.soak: a list is not a length of time; write 30m, 2h or 1d12h`,
		},
		`soak: {x: 1}`: {
			`line 6, column 11: environments.production.soak: a map is not a length of time; write 30m, 2h or 1d12h`,
		},
		`soak: !!str 2h`: {
			`line 6, column 11: environments.production.soak: the tag "!!str" is not read; leave it out`,
		},
		`soak: 1h 30m`: {
			`line 6, column 11: environments.production.soak: "1h 30m" is not a length of time; write 1h30m`,
		},
		`soak: 30 minutes`: {
			`line 6, column 11: environments.production.soak: "30 minutes" is not a length of time; write 30m`,
		},
		`soak: 1 day, 12 hours and 5 min`: {
			`line 6, column 11: environments.production.soak: "1 day, 12 hours and 5 min" is not a length of time; write 1d12h5m`,
		},
		`soak: 2 hours ago`: {
			`line 6, column 11: environments.production.soak: "2 hours ago" is not a length of time; write 30m, 2h or 1d12h`,
		},
		`soak: 2 years`: {
			`line 6, column 11: environments.production.soak: "2 years" is not a length of time; write 30m, 2h or 1d12h`,
		},
		`reviews: two`: {
			`line 6, column 14: environments.production.reviews: "two" is not a number from 1 to 20; write 2`,
		},
		`soak: 2h2d`: {
			`line 6, column 11: environments.production.soak: "2h2d" is not a length of time; write 30m, 2h or 1d12h`,
		},
		`soak: 99999999999999999999s`: {
			`line 6, column 11: environments.production.soak: "99999999999999999999s" is nothing or more than a year; write a length in between`,
		},
		`soak: 'false'`: {
			`line 6, column 11: environments.production.soak: "false" does not switch this off; write false without quotes`,
		},
		`soak: False`: {
			`line 6, column 11: environments.production.soak: "False" does not switch this off; write false`,
		},
		`url: http://example.com`: {
			`line 6, column 10: environments.production.url: "http://example.com" is not an https URL; begin it with https://`,
		},
		`url: example.com`: {
			`line 6, column 10: environments.production.url: "example.com" is not an https URL; write for example https://app.example.com`,
		},
		`url: https://`: {
			`line 6, column 10: environments.production.url: "https://" is not an https URL; write for example https://app.example.com`,
		},
		`url: https://a:b@example.com`: {
			`line 6, column 10: environments.production.url: the URL must not contain a user or a password: everyone can read it`,
		},
		`url: https://user@example.com/x`: {
			`line 6, column 10: environments.production.url: the URL must not contain a user or a password: everyone can read it`,
		},
		`url: https://example.com/a b`: {
			`line 6, column 10: environments.production.url: "https://example.com/a b" is not an https URL; write for example https://app.example.com`,
		},
		`url: false`: {
			`line 6, column 10: environments.production.url: "false" is not an https URL; write https://app.example.com`,
		},
		`url: HTTPS://example.com`: {
			`line 6, column 10: environments.production.url: "HTTPS://example.com" is not an https URL; begin it with https://`,
		},
		`production: yes`: {
			`line 6, column 17: environments.production.production: "yes" is not true or false; write true`,
		},
		`production: on`: {
			`line 6, column 17: environments.production.production: "on" is not true or false; write true`,
		},
		`production: True`: {
			`line 6, column 17: environments.production.production: "True" is not true or false; write true`,
		},
		`production: 'true'`: {
			`line 6, column 17: environments.production.production: "true" is not true or false; write true without quotes`,
		},
		`production: ~`: {
			`line 6, column 17: environments.production.production: "~" is not true or false; write false`,
		},
		`production: off`: {
			`line 6, column 17: environments.production.production: "off" is not true or false; write false`,
		},
		`production: maybe`: {
			`line 6, column 17: environments.production.production: "maybe" is not true or false; write true or false`,
		},
		`production: []`: {
			`line 6, column 17: environments.production.production: a list is not true or false; write true or false`,
		},
		`production:`: {
			`line 6, column 16: environments.production.production: there is no value; write true or false`,
		},
		`allow: false`: {
			`line 6, column 12: environments.production.allow: "false" is not a list; leave the key out for everyone with permissions`,
		},
		`allow: []`: {
			`line 6, column 12: environments.production.allow: the list is empty; leave the key out for everyone with permissions`,
		},
		`allow: alice`: {
			`line 6, column 12: environments.production.allow: "alice" is not a list; write [alice]`,
		},
		`allow: ~`: {
			`line 6, column 12: environments.production.allow: "~" is not a list; leave the key out for everyone with permissions`,
		},
		`allow: everyone`: {
			`line 6, column 12: environments.production.allow: "everyone" is not a list; leave the key out for everyone with permissions`,
		},
		`allow: ['@alice']`: {
			`line 6, column 13: environments.production.allow[0]: "@alice" begins with @; write it without`,
		},
		`allow: ['@acme/release']`: {
			`line 6, column 13: environments.production.allow[0]: "@acme/release" begins with @; write it without`,
		},
		`allow: ['github-actions[bot]']`: {
			`line 6, column 13: environments.production.allow[0]: "github-actions[bot]" is a bot, which has no permission in a repository; write event:push or another event for starts without a person`,
		},
		`allow: [maintain]`: {
			`line 6, column 13: environments.production.allow[0]: "maintain" is a role; write role:maintain`,
		},
		`allow: [role: maintain]`: {
			`line 6, column 13: environments.production.allow[0]: the colon is followed by a space; write role:name, without the space`,
		},
		`allow: ['role:']`: {
			`line 6, column 13: environments.production.allow[0]: "role:" is neither a user nor a team; write alice, acme/release, role:maintain or event:push`,
		},
		`allow: [team:x]`: {
			`line 6, column 13: environments.production.allow[0]: "team:x" is neither a user nor a team; write alice, acme/release, role:maintain or event:push`,
		},
		`allow: [event:psh]`: {
			`line 6, column 13: environments.production.allow[0]: "event:psh" is no event that starts a workflow; did you mean "push"?`,
		},
		`allow: [event:issue_comment]`: {
			`line 6, column 13: environments.production.allow[0]: "event:issue_comment" is not for this list: a comment is judged by its user; list the user, a team or a role`,
		},
		`allow: [event:workflow_dispatch]`: {
			`line 6, column 13: environments.production.allow[0]: "event:workflow_dispatch" is not for this list: a start by hand is judged by its user; list the user, a team or a role`,
		},
		`allow: [event:repository_dispatch]`: {
			`line 6, column 13: environments.production.allow[0]: "event:repository_dispatch" is not for this list: a start by hand is judged by its user; list the user, a team or a role`,
		},
		`allow: [event:workflow_call]`: {
			`line 6, column 13: environments.production.allow[0]: "event:workflow_call" is not for this list: a called workflow has the event of its caller; list the user, a team or a role`,
		},
		`allow: [alice, Alice]`: {
			`line 6, column 20: environments.production.allow[1]: "Alice" is in the list twice; remove one`,
		},
		`allow: [a b]`: {
			`line 6, column 13: environments.production.allow[0]: "a b" is neither a user nor a team; write alice, acme/release, role:maintain or event:push`,
		},
		`allow: [acme/]`: {
			`line 6, column 13: environments.production.allow[0]: "acme/" is neither a user nor a team; write alice, acme/release, role:maintain or event:push`,
		},
		`allow: [-alice]`: {
			`line 6, column 13: environments.production.allow[0]: "-alice" is neither a user nor a team; write alice, acme/release, role:maintain or event:push`,
		},
		`allow: [123]`: {
			`line 6, column 13: environments.production.allow[0]: 123 is a number, not a user or a team; write "123", in quotes`,
		},
		`allow: [null]`: {
			`line 6, column 13: environments.production.allow[0]: "null" is not a user or a team; write alice, acme/release or role:maintain`,
		},
		`allow: {a: b}`: {
			`line 6, column 12: environments.production.allow: a map is not a list; write [alice, acme/release, role:maintain]`,
		},
		`checks: al`: {
			`line 6, column 13: environments.production.checks: "al" is not all, required, false or a list; write all, required, false or [build, test]`,
		},
		`checks: true`: {
			`line 6, column 13: environments.production.checks: "true" is not all, required, false or a list; write all, required, false or [build, test]`,
		},
		`checks: build`: {
			`line 6, column 13: environments.production.checks: "build" is not all, required, false or a list; write all, required, false or [build, test]`,
		},
		`checks: []`: {
			`line 6, column 13: environments.production.checks: the list is empty; write [build, test]`,
		},
		`checks: [build, build]`: {
			`line 6, column 21: environments.production.checks[1]: "build" is in the list twice; remove one`,
		},
		`checks: ['']`: {
			`line 6, column 14: environments.production.checks[0]: "" is not the name of a check: it is empty, or has spaces around it or invisible characters; write for example build`,
		},
		`checks: [1]`: {
			`line 6, column 14: environments.production.checks[0]: 1 is a number, not the name of a check; write "1", in quotes`,
		},
		`checks: off`: {
			`line 6, column 13: environments.production.checks: "off" does not switch this off; write false`,
		},
		`checks: [' a']`: {
			`line 6, column 14: environments.production.checks[0]: " a" is not the name of a check: it is empty, or has spaces around it or invisible characters; write for example build`,
		},
		`checks: [[a]]`: {
			`line 6, column 14: environments.production.checks[0]: a list is not the name of a check; write build`,
		},
		`reviews: 0`: {
			`line 6, column 14: environments.production.reviews: "0" does not switch this off; write false`,
		},
		`reviews: 21`: {
			`line 6, column 14: environments.production.reviews: 21 is not a number from 1 to 20; write another`,
		},
		`reviews: -1`: {
			`line 6, column 14: environments.production.reviews: -1 is not a number from 1 to 20; write another`,
		},
		`reviews: 1.5`: {
			`line 6, column 14: environments.production.reviews: "1.5" is not a number from 1 to 20; write 1`,
		},
		`reviews: '2'`: {
			`line 6, column 14: environments.production.reviews: "2" is a text in quotes; write 2`,
		},
		`reviews: yes`: {
			`line 6, column 14: environments.production.reviews: "yes" does not switch this on; write true`,
		},
		`reviews: none`: {
			`line 6, column 14: environments.production.reviews: "none" does not switch this off; write false`,
		},
		`reviews: 0x2`: {
			`line 6, column 14: environments.production.reviews: "0x2" is not a number from 1 to 20; write 1`,
		},
		`reviews: {from: [alice]}`: {
			`line 6, column 14: environments.production.reviews: "count" is missing; add for example count: 1`,
		},
		`reviews: {count: 0, from: [alice]}`: {
			`line 6, column 22: environments.production.reviews.count: 0 is not a number from 1 to 20; write another`,
		},
		`reviews: {count: 2, from: [alice]}`: {
			`line 6, column 22: environments.production.reviews.count: from has fewer people than count; lower count, or list more people`,
		},
		`reviews: {count: 1, from: [role:admin]}`: {
			`line 6, column 32: environments.production.reviews.from[0]: "role:admin" has no place here; write alice or acme/release`,
		},
		`reviews: {count: 1, from: alice}`: {
			`line 6, column 31: environments.production.reviews.from: "alice" is not a list; write [alice]`,
		},
		`reviews: {count: 1, fro: [alice]}`: {
			`line 6, column 25: environments.production.reviews.fro: there is no key "fro"; did you mean "from"?`,
		},
		`reviews: [alice]`: {
			`line 6, column 14: environments.production.reviews: a list is not a number of reviews; write 1 or {count: 1, from: [acme/leads]}`,
		},
		`reviews: {}`: {
			`line 6, column 14: environments.production.reviews: "count" is missing; add for example count: 1`,
		},
		`update_branch: disabled`: {
			`line 6, column 20: environments.production.update_branch: "disabled" does not switch this off; write false`,
		},
		`update_branch: warning`: {
			`line 6, column 20: environments.production.update_branch: "warning" is not warn or force`,
		},
		`update_branch: true`: {
			`line 6, column 20: environments.production.update_branch: "true" is not warn or force`,
		},
		`update_branch: wan`: {
			`line 6, column 20: environments.production.update_branch: "wan" is not warn or force; did you mean "warn"?`,
		},
		`noop: true`: {
			`line 6, column 11: environments.production.noop: "true" is not required or false; write required`,
		},
		`noop: require`: {
			`line 6, column 11: environments.production.noop: "require" is not required; did you mean "required"?`,
		},
		`noop: off`: {
			`line 6, column 11: environments.production.noop: "off" does not switch this off; write false`,
		},
		`labels: [qa]`: {
			`line 6, column 13: environments.production.labels: a list is not a map of keys; write for example {require: [qa-passed]}`,
		},
		`labels: {}`: {
			`line 6, column 13: environments.production.labels: the map is empty; write for example {require: [qa-passed]}`,
		},
		`labels: {require: qa}`: {
			`line 6, column 23: environments.production.labels.require: "qa" is not a list; write [qa]`,
		},
		`labels: {require: []}`: {
			`line 6, column 23: environments.production.labels.require: the list is empty; write [qa-passed]`,
		},
		`labels: {require: [a], forbid: [b, A]}`: {
			`line 6, column 13: environments.production.labels: the label "a" is in require and in forbid; remove one`,
		},
		`labels: {require: [a, A]}`: {
			`line 6, column 27: environments.production.labels.require[1]: "A" is in the list twice; remove one`,
		},
		`labels: {needs: [a]}`: {
			`line 6, column 14: environments.production.labels.needs: there is no key "needs" here; the keys are require, forbid`,
		},
		`labels: no`: {
			`line 6, column 13: environments.production.labels: "no" does not switch this off; write false`,
		},
		`checklist: true`: {
			`line 6, column 16: environments.production.checklist: "true" is not a heading; write Deployment`,
		},
		`checklist: '## Deployment'`: {
			`line 6, column 16: environments.production.checklist: "## Deployment" begins with #; write the text of the heading only`,
		},
		`checklist: ''`: {
			`line 6, column 16: environments.production.checklist: "" is not a heading: it is empty, or has spaces around it or invisible characters; write for example Deployment`,
		},
		`checklist: off`: {
			`line 6, column 16: environments.production.checklist: "off" does not switch this off; write false`,
		},
		`checklist: 5`: {
			`line 6, column 16: environments.production.checklist: 5 is a number, not a heading; write "5", in quotes`,
		},
		`checklist: # Deployment`: {
			`line 6, column 15: environments.production.checklist: there is no value; write Deployment`,
		},
		`confirm: 1`: {
			`line 6, column 14: environments.production.confirm: "1" is not true or false; write true`,
		},
		`confirm: 'no'`: {
			`line 6, column 14: environments.production.confirm: "no" is not true or false; write false without quotes`,
		},
		`enforcement: on`: {
			`line 6, column 18: environments.production.enforcement: "on" is not active or evaluate`,
		},
		`enforcement: evalute`: {
			`line 6, column 18: environments.production.enforcement: "evalute" is not active or evaluate; did you mean "evaluate"?`,
		},
		`enforcement: false`: {
			`line 6, column 18: environments.production.enforcement: "false" is not active or evaluate`,
		},
		`enforcement: Active`: {
			`line 6, column 18: environments.production.enforcement: "Active" is not active or evaluate; did you mean "active"?`,
		},
		`health_check: []`: {
			`line 6, column 19: environments.production.health_check: the list is empty; write [{url: https://app.example.com/health}]`,
		},
		`sook: 2h`: {
			`line 6, column 5: environments.production.sook: there is no key "sook"; did you mean "soak"?`,
		},
		`SOAK: 2h`: {
			`line 6, column 5: environments.production.SOAK: there is no key "SOAK"; did you mean "soak"?`,
		},
		`nope: 1`: {
			`line 6, column 5: environments.production.nope: there is no key "nope" here; the keys are after, url, production, allow, checks, reviews, draft, update_branch, soak, noop, labels, checklist, confirm, health_check, enforcement`,
		},
		`version: 1`: {
			`line 6, column 5: environments.production.version: "version" has no place here; it is a key of the file as a whole`,
		},
		`<<: {soak: 2h}`: {
			`line 6, column 5: environments.production: merge keys are not read; repeat the keys, or set them in defaults`,
		},
		`true: 1`: {
			`line 6, column 5: environments.production: "true" cannot be a key; write it in quotes if it is a name`,
		},
		"? [a]\n    : 1": {
			`line 6, column 7: environments.production: a list cannot be a key; write a word`,
		},
		`!x soak: 2h`: {
			`line 6, column 5: environments.production: the tag "!x" is not read; leave it out`,
		},
		`"so\nak": 2h`: {
			`line 6, column 5: environments.production."so\nak": there is no key "so\nak"; did you mean "soak"?`,
		},
		"soak: 2h\n    soak: 3h": {
			`line 7, column 5: environments.production.soak: "soak" is set twice, first in line 6`,
		},
	}
}

// belowEnvironments are mistakes in line 5, below the environments staging and production.
func belowEnvironments() map[string][]string {
	return map[string][]string{
		`time_zone: EST`: {
			`line 5, column 12: time_zone: "EST" is not a time zone; write America/New_York`,
		},
		`time_zone: Berlin`: {
			`line 5, column 12: time_zone: "Berlin" is not a time zone; write Europe/Berlin`,
		},
		`time_zone: UTC+1`: {
			`line 5, column 12: time_zone: "UTC+1" is not a time zone; write the name of a place, such as Europe/Berlin, which knows the summer time there`,
		},
		`time_zone: GMT-05:00`: {
			`line 5, column 12: time_zone: "GMT-05:00" is not a time zone; write the name of a place, such as Europe/Berlin, which knows the summer time there`,
		},
		`time_zone: Local`: {
			`line 5, column 12: time_zone: "Local" is not a time zone; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: ''`: {
			`line 5, column 12: time_zone: "" is not a time zone; write UTC`,
		},
		`time_zone:`: {
			`line 5, column 11: time_zone: there is no value; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: europe/berlin`: {
			`line 5, column 12: time_zone: "europe/berlin" is not a time zone; write Europe/Berlin`,
		},
		`time_zone: new york`: {
			`line 5, column 12: time_zone: "new york" is not a time zone; write America/New_York`,
		},
		`time_zone: CET`: {
			`line 5, column 12: time_zone: "CET" is not a time zone; write Europe/Berlin`,
		},
		`time_zone: Europe/Bärlin`: {
			`line 5, column 12: time_zone: "Europe/Bärlin" is not a time zone; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: ../etc`: {
			`line 5, column 12: time_zone: "../etc" is not a time zone; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: right/UTC`: {
			`line 5, column 12: time_zone: "right/UTC" is not a time zone; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: utc`: {
			`line 5, column 12: time_zone: "utc" is not a time zone; write UTC`,
		},
		`time_zone: 1`: {
			`line 5, column 12: time_zone: "1" is not a time zone; write UTC or a name such as Europe/Berlin`,
		},
		`time_zone: Asia/calcutta`: {
			`line 5, column 12: time_zone: "Asia/calcutta" is not a time zone; write Asia/Calcutta`,
		},
		`defaults:`: {
			`line 5, column 10: defaults: there is no value; write for example {allow: [alice, acme/release, role:maintain]}`,
		},
		`defaults: {}`: {
			`line 5, column 11: defaults: the map is empty; write for example {allow: [alice, acme/release, role:maintain]}`,
		},
		`defaults: {after: staging}`: {
			`line 5, column 12: defaults.after: "after" has no place here; it is a key of an environment`,
		},
		`defaults: {url: 'https://x.example'}`: {
			`line 5, column 12: defaults.url: "url" has no place here; it is a key of an environment`,
		},
		`defaults: []`: {
			`line 5, column 11: defaults: a list is not a map of keys; write for example {allow: [alice, acme/release, role:maintain]}`,
		},
		`defaults: {production: true}`: {
			`line 5, column 12: defaults.production: "production" has no place here; it is a key of an environment`,
		},
		`freezes:`: {
			`line 5, column 9: freezes: there is no value; write [{name: weekend, from: fri 16:00, until: mon 08:00}]`,
		},
		`freezes: []`: {
			`line 5, column 10: freezes: the list is empty; write [{name: weekend, from: fri 16:00, until: mon 08:00}]`,
		},
		`freezes: {name: a}`: {
			`line 5, column 10: freezes: a map is not a list; write [{name: weekend, from: fri 16:00, until: mon 08:00}]`,
		},
		`freezes: weekend`: {
			`line 5, column 10: freezes: "weekend" is not a list; write [{name: weekend, from: fri 16:00, until: mon 08:00}]`,
		},
		`freezes: [weekend]`: {
			`line 5, column 11: freezes[0]: "weekend" is not a map of keys; write for example {name: weekend, from: fri 16:00, until: mon 08:00}`,
		},
		`freezes: [{name: a}]`: {
			`line 5, column 11: freezes[0]: "from" is missing; add for example from: fri 16:00`,
			`line 5, column 11: freezes[0]: "until" is missing; add for example until: mon 08:00`,
		},
		`freezes: [{}]`: {
			`line 5, column 11: freezes[0]: "name" is missing; add for example name: weekend`,
			`line 5, column 11: freezes[0]: "from" is missing; add for example from: fri 16:00`,
			`line 5, column 11: freezes[0]: "until" is missing; add for example until: mon 08:00`,
		},
		`freezes: [{name: a, from: fri 16:00, until: fri 16:00}]`: {
			`line 5, column 45: freezes[0].until: the freeze ends when it begins, so it would never end; write another time, or leave the freeze out`,
		},
		`freezes: [{name: a, from: '18:00', until: '18:00'}]`: {
			`line 5, column 43: freezes[0].until: the freeze ends when it begins, so it would never end; write another time, or leave the freeze out`,
		},
		`freezes: [{name: a, from: friday 25:00, until: 8am}]`: {
			`line 5, column 27: freezes[0].from: "friday 25:00" is not a time of the day; write 00:00 to 23:59`,
			`line 5, column 48: freezes[0].until: "8am" is not a time; write fri 16:00, "18:00" or 2026-12-23 18:00`,
		},
		`freezes: [{name: a, from: 2026-12-23, until: 2026-12-23 18:00:00}]`: {
			`line 5, column 27: freezes[0].from: "2026-12-23" is not of this form; write 2026-12-23 18:00, without T, seconds and offset: the zone is that of time_zone`,
			`line 5, column 46: freezes[0].until: "2026-12-23 18:00:00" is not of this form; write 2026-12-23 18:00, without T, seconds and offset: the zone is that of time_zone`,
		},
		`freezes: [{name: a, from: 2026-12-23T18:00:00+01:00, until: 24:00}]`: {
			`line 5, column 27: freezes[0].from: "2026-12-23T18:00:00+01:00" is not of this form; write 2026-12-23 18:00, without T, seconds and offset: the zone is that of time_zone`,
			`line 5, column 61: freezes[0].until: "24:00" is not a time of the day; write 00:00, of the next day`,
		},
		`freezes: [{name: a, from: 9:00, until: fri 9:00}]`: {
			`line 5, column 27: freezes[0].from: "9:00" has an hour of one digit; write 09:00`,
			`line 5, column 40: freezes[0].until: "fri 9:00" has an hour of one digit; write fri 09:00`,
		},
		`freezes: [{name: a, from: 2026-12-23 18:00, until: 2026-12-23 18:00}]`: {
			`line 5, column 52: freezes[0].until: "2026-12-23 18:00" is not after "2026-12-23 18:00"; write a later time`,
		},
		`freezes: [{name: a, from: 2026-12-23 18:00, until: 2026-12-22 18:00}]`: {
			`line 5, column 52: freezes[0].until: "2026-12-22 18:00" is not after "2026-12-23 18:00"; write a later time`,
		},
		`freezes: [{name: a, from: 1800, until: 08:60}]`: {
			`line 5, column 27: freezes[0].from: "1800" is not a time; write fri 16:00, "18:00" or 2026-12-23 18:00`,
			`line 5, column 40: freezes[0].until: "08:60" is not a time of the day; write 00:00 to 23:59`,
		},
		`freezes: [{name: a, from: fri 16:00, until: 2026-12-23 18:00}]`: {
			`line 5, column 45: freezes[0].until: "fri 16:00" and "2026-12-23 18:00" are not of one form; write both as fri 16:00, both as "18:00" or both as 2026-12-23 18:00`,
		},
		`freezes: [{name: a, from: fri 16:00, until: 08:00, environments: [prod]}]`: {
			`line 5, column 67: freezes[0].environments[0]: there is no environment "prod"; did you mean "production"?`,
		},
		`freezes: [{name: a, from: 06:00, until: 07:00, environments: []}]`: {
			`line 5, column 62: freezes[0].environments: the list is empty; write [production]`,
		},
		`freezes: [{name: a, from: 06:00, until: 07:00, environments: staging}]`: {
			`line 5, column 62: freezes[0].environments: "staging" is not a list; write [staging]`,
		},
		`freezes: [{name: a, from: 06:00, until: 07:00, environments: [STAGING, staging]}]`: {
			`line 5, column 72: freezes[0].environments[1]: "staging" is in the list twice; remove one`,
		},
		`freezes: [{name: a, from: 06:00, until: 07:00},{name: a, from: 08:00, until: 09:00}]`: {
			`line 5, column 48: freezes[1]: "a" is in the list twice; remove one`,
		},
		`freezes: [{name: a, from: 06:00, until: 07:00, reason: ''}]`: {
			`line 5, column 56: freezes[0].reason: "" is not a text: it is empty, or has spaces around it or invisible characters; write for example no one is on call`,
		},
		`freezes: [{name: 1, from: 06:00, until: 07:00, why: x}]`: {
			`line 5, column 18: freezes[0].name: 1 is a number, not a name; write "1", in quotes`,
			`line 5, column 48: freezes[0].why: there is no key "why" here; the keys are name, from, until, reason, environments`,
		},
		`freezes: [{name: a, from: Fr 16:00, until: Mo. 08:00}]`: {
			`line 5, column 27: freezes[0].from: "Fr 16:00" does not begin with a day in English; write mon, tue, wed, thu, fri, sat or sun, such as fri 16:00`,
			`line 5, column 44: freezes[0].until: "Mo. 08:00" does not begin with a day in English; write mon, tue, wed, thu, fri, sat or sun, such as fri 08:00`,
		},
		`freezes: [{name: a, from: fri, until: 16:00}]`: {
			`line 5, column 27: freezes[0].from: "fri" has no time of the day; write fri 00:00`,
		},
		`freezes: [{name: a, from: 2026-13-01 10:00, until: 2026-02-30 10:00}]`: {
			`line 5, column 27: freezes[0].from: "2026-13-01 10:00" is not a date of the calendar; write one that exists`,
			`line 5, column 52: freezes[0].until: "2026-02-30 10:00" is not a date of the calendar; write one that exists`,
		},
		`freezes: [{name: a, from: 2024-02-29 10:00, until: 2025-02-29 10:00}]`: {
			`line 5, column 52: freezes[0].until: "2025-02-29 10:00" is not a date of the calendar; write one that exists`,
		},
		`path_rules: [{name: a, paths: [x]}]`: {
			`line 5, column 14: path_rules[0]: the rule asks for nothing; write merged: true or reviews: 1`,
		},
		`path_rules: [{name: a, paths: [x], merged: false}]`: {
			`line 5, column 44: path_rules[0].merged: "false" is not true; write true, or leave the key out`,
		},
		`path_rules: [{name: a, paths: [x], merged: true, reviews: true}]`: {
			`line 5, column 59: path_rules[0].reviews: "true" is not a number from 1 to 20; write 1`,
		},
		`path_rules: [{name: a, paths: [x], reviews: false}]`: {
			`line 5, column 45: path_rules[0].reviews: "false" is not a number from 1 to 20; write 1`,
		},
		`path_rules: [{name: a, paths: [x], reviews: 0}]`: {
			`line 5, column 45: path_rules[0].reviews: 0 is not a number from 1 to 20; write another`,
		},
		`path_rules: [{name: a, paths: [/x], merged: true}]`: {
			`line 5, column 32: path_rules[0].paths[0]: "/x" begins with /; patterns begin at the root of the repository, so leave it out`,
		},
		`path_rules: [{name: a, paths: ['db/**.sql', '**db/x', '{a,b**}/x', 'a/***'], merged: true}]`: {
			`line 5, column 32: path_rules[0].paths[0]: "db/**.sql" has ** next to other characters, where it is a part of one name; put it between slashes, as in **/*.sql`,
			`line 5, column 45: path_rules[0].paths[1]: "**db/x" has ** next to other characters, where it is a part of one name; put it between slashes, as in **/*.sql`,
			`line 5, column 55: path_rules[0].paths[2]: "{a,b**}/x" has ** next to other characters, where it is a part of one name; put it between slashes, as in **/*.sql`,
			`line 5, column 68: path_rules[0].paths[3]: "a/***" has ** next to other characters, where it is a part of one name; put it between slashes, as in **/*.sql`,
		},
		`path_rules: [{name: a, paths: [./x], merged: true}]`: {
			`line 5, column 32: path_rules[0].paths[0]: "./x" is not a clean path; write "x"`,
		},
		`path_rules: [{name: a, paths: [../x, a/../b, a//b, 'a/', '!a', 'a\b', 'a[', '{a,b}{c,d}{e,f}{g,h}', ''], merged: true}]`: {
			`line 5, column 32: path_rules[0].paths[0]: "../x" has a ..; patterns begin at the root of the repository, so write the path from there`,
			`line 5, column 38: path_rules[0].paths[1]: "a/../b" has a ..; patterns begin at the root of the repository, so write the path from there`,
			`line 5, column 46: path_rules[0].paths[2]: "a//b" is not a clean path; write "a/b"`,
			`line 5, column 52: path_rules[0].paths[3]: "a/" is a directory, which matches no file; write a/**`,
			`line 5, column 58: path_rules[0].paths[4]: "!a" begins with !; only paths to include can be listed`,
			`line 5, column 64: path_rules[0].paths[5]: "a\\b" has a \ before a letter or a star; write / between directories`,
			`line 5, column 71: path_rules[0].paths[6]: "a[" is not a pattern: a bracket is not closed or is empty; write \ before one that is part of a name`,
			`line 5, column 77: path_rules[0].paths[7]: "{a,b}{c,d}{e,f}{g,h}" has more than 3 groups of alternatives; write several patterns`,
			`line 5, column 101: path_rules[0].paths[8]: "" is not a pattern of paths: it is empty, or has spaces around it or invisible characters; write for example db/migrate/**`,
		},
		`path_rules: [{name: a, paths: x, merged: true}]`: {
			`line 5, column 31: path_rules[0].paths: "x" is not a list; write [x]`,
		},
		`path_rules: [{name: a, paths: ['**/*.sql'], merged: true, note: ''}]`: {
			`line 5, column 65: path_rules[0].note: the text is empty or has invisible characters; write what people need to know`,
		},
		`path_rules: [{name: a, paths: [x], merged: yes}]`: {
			`line 5, column 44: path_rules[0].merged: "yes" is not true; write true, or leave the key out`,
		},
		`path_rules: [{name: a, merged: true}]`: {
			`line 5, column 14: path_rules[0]: "paths" is missing; add for example paths: ["db/migrate/**"]`,
		},
		`path_rules: [{name: a, paths: [x], merged: true, environments: [x]}]`: {
			`line 5, column 65: path_rules[0].environments[0]: there is no environment "x"; add it to environments, or name one that is there`,
		},
		`override:`: {
			`line 5, column 10: override: there is no value; write for example {allow: [acme/sre], rules: [freeze]}`,
		},
		`override: {}`: {
			`line 5, column 11: override: "allow" is missing; add for example allow: [acme/sre]`,
			`line 5, column 11: override: "rules" is missing; add for example rules: [freeze]`,
		},
		`override: {allow: [alice]}`: {
			`line 5, column 11: override: "rules" is missing; add for example rules: [freeze]`,
		},
		`override: {allow: [event:push], rules: [freeze]}`: {
			`line 5, column 20: override.allow[0]: "event:push" has no place here; write alice, acme/release or role:maintain`,
		},
		`override: {allow: [alice], rules: [freezes, allow, soak, soak]}`: {
			`line 5, column 36: override.rules[0]: "freezes" is not after, soak, freeze, reviews, noop, labels, checklist or path_rules; did you mean "freeze"?`,
			`line 5, column 45: override.rules[1]: "allow" is not after, soak, freeze, reviews, noop, labels, checklist or path_rules`,
			`line 5, column 58: override.rules[3]: "soak" is in the list twice; remove one`,
		},
		`override: {allow: [alice], rules: freeze}`: {
			`line 5, column 35: override.rules: "freeze" is not a list; write [freeze]`,
		},
		`override: [alice]`: {
			`line 5, column 11: override: a list is not a map of keys; write for example {allow: [acme/sre], rules: [freeze]}`,
		},
		`override: {allow: [], rules: []}`: {
			`line 5, column 19: override.allow: the list is empty; write [alice, acme/sre, role:admin]`,
			`line 5, column 30: override.rules: the list is empty; write [freeze, soak]`,
		},
		`services: {}`: {
			`line 5, column 1: services: "services" is reserved for a later version; remove it`,
		},
		`extends: acme/x`: {
			`line 5, column 1: extends: "extends" is reserved for a later version; remove it`,
		},
		`version: 1`: {
			`line 5, column 1: version: "version" is set twice, first in line 1`,
		},
		`enviromments: {}`: {
			`line 5, column 1: enviromments: there is no key "enviromments"; did you mean "environments"?`,
		},
		`environment: {}`: {
			`line 5, column 1: environment: there is no key "environment"; did you mean "environments"?`,
		},
		`freeze: []`: {
			`line 5, column 1: freeze: there is no key "freeze"; did you mean "freezes"?`,
		},
	}
}

// wholeFiles are files with mistakes.
func wholeFiles() map[string][]string {
	return map[string][]string{
		"version: 1\nenvironments:": {
			`line 2, column 14: environments: there is no value; write each name as a key: {staging: , production: {after: staging}}`,
		},
		"version: 1\nenvironments: {}": {
			`line 2, column 15: environments: there is no environment; write each name as a key: {staging: , production: {after: staging}}`,
		},
		"version: 1\nenvironments: [staging]": {
			`line 2, column 15: environments: a list is not a map of names; write each name as a key: {staging: , production: {after: staging}}`,
		},
		"version: 1\nenvironments: staging": {
			`line 2, column 15: environments: "staging" is not a map of names; write each name as a key: {staging: , production: {after: staging}}`,
		},
		`environments: {a: }`: {
			`line 1, column 1: "version" is missing; add for example version: 1`,
		},
		"version:\nenvironments: {a: }": {
			`line 1, column 9: version: there is no value; write 1`,
		},
		"version: '1'\nenvironments: {a: }": {
			`line 1, column 10: version: "1" is not a version; write 1`,
		},
		"version: 2\nenvironments: {a: }": {
			`line 1, column 10: version: version 2 is not known: this version of Lockstep reads version 1`,
		},
		"version: 1.0\nenvironments: {a: }": {
			`line 1, column 10: version: "1.0" is not a version; write 1`,
		},
		"version: v1\nenvironments: {a: }": {
			`line 1, column 10: version: "v1" is not a version; write 1`,
		},
		"version: 1\nenvironments: {a: {after: a}, b: {after: [b, c]}, c: {after: B}}": {
			`line 2, column 27: environments.a.after: environments wait for each other: a → a; remove one of them from after`,
			`line 2, column 42: environments.b.after: environments wait for each other: b → b; remove one of them from after`,
			`line 2, column 42: environments.b.after: environments wait for each other: b → c → b; remove one of them from after`,
		},
		"version: 1\nenvironments: {staging: {after: production}, production: {after: staging}}": {
			`line 2, column 33: environments.staging.after: environments wait for each other: staging → production → staging; remove one of them from after`,
		},
		"version: 1\nenvironments: {a: {after: c}, b: {after: a}, c: {after: b}, d: {after: [a]}}": {
			`line 2, column 27: environments.a.after: environments wait for each other: a → b → c → a; remove one of them from after`,
		},
		"version: 1\nenvironments: {a: {after: []}, b: {after: false}, c: {after: ~}, d: {after: {a: }}, e: {after: [a, A]}, f: {after: prod*}, g: {after: }, production: {after: staginng}, staging: {after: prod}}": {
			`line 2, column 27: environments.a.after: the list is empty; write [staging]`,
			`line 2, column 43: environments.b.after: "false" is not an environment; leave the key out`,
			`line 2, column 62: environments.c.after: "~" is not an environment; leave the key out`,
			`line 2, column 77: environments.d.after: a map is not the name of an environment; write staging`,
			`line 2, column 100: environments.e.after[1]: "A" is in the list twice; remove one`,
			`line 2, column 116: environments.f.after: there is no environment "prod*"; add it to environments, or name one that is there`,
			`line 2, column 135: environments.g.after: there is no value; write staging`,
			`line 2, column 158: environments.production.after: there is no environment "staginng"; did you mean "staging"?`,
			`line 2, column 186: environments.staging.after: there is no environment "prod"; did you mean "production"?`,
		},
		"version: 1\nenvironments: {a: {soak: 2h}, b: {soak: false}, c: x, d: ~, e: [], prod-*: , ' x': , '': , Prod: , prod: , ? [q] : , 5: , true: , \"x\\ty\": , prod eu: }": {
			`line 2, column 26: environments.a.soak: soak needs after; write after: and the environments in which the commit runs first, or remove soak`,
			`line 2, column 52: environments.c: "x" is not a map of keys; write for example {after: staging}`,
			`line 2, column 64: environments.e: a list is not a map of keys; write for example {after: staging}`,
			`line 2, column 68: environments."prod-*": the name "prod-*" has a *, which is reserved for a later version`,
			`line 2, column 78: environments." x": the name " x" is not a name: it is empty, or has spaces around it or invisible characters`,
			`line 2, column 86: environments."": the name "" is not a name: it is empty, or has spaces around it or invisible characters`,
			`line 2, column 100: environments.prod: "prod" differs from "Prod" in line 2 in case only; remove one`,
			`line 2, column 110: environments: a list cannot be a key; write a word`,
			`line 2, column 123: environments: "true" cannot be a key; write it in quotes if it is a name`,
			`line 2, column 131: environments."x\ty": the name "x\ty" is not a name: it is empty, or has spaces around it or invisible characters`,
		},
		``: {
			`line 1, column 1: the file is empty; write version: 1 and environments`,
		},
		` `: {
			`line 1, column 1: the file is empty; write version: 1 and environments`,
		},
		`# x`: {
			`line 1, column 1: the file is empty; write version: 1 and environments`,
		},
		`---`: {
			`line 1, column 1: the file is empty; write version: 1 and environments`,
		},
		`~`: {
			`line 1, column 1: "~" is not a map of keys; write for example {version: 1, environments: {staging: , production: {after: staging}}}`,
		},
		`a`: {
			`line 1, column 1: "a" is not a map of keys; write for example {version: 1, environments: {staging: , production: {after: staging}}}`,
		},
		`[]`: {
			`line 1, column 1: a list is not a map of keys; write for example {version: 1, environments: {staging: , production: {after: staging}}}`,
		},
		"version: 1\n\tx: y": {
			`line 2, column 1: this is not YAML: found a tab character that violates indentation; indent with spaces, not with tabs`,
		},
		"\tversion: 1": {
			`line 1, column 1: this is not YAML: found character that cannot start any token; indent with spaces, not with tabs`,
		},
		"a: b\n---\nc: d": {
			`line 2, column 1: the file has a second document, which would be ignored`,
		},
		"version: 1\n---": {
			`line 2, column 1: the file has a second document, which would be ignored`,
		},
		"version: 1\n--- [": {
			`line 2, column 1: this is not YAML: did not find expected node content; check the indentation here and in the line above, the quotes and the brackets`,
		},
		"\xff\xfe": {
			`line 1, column 1: the file is not UTF-8 here; save it as UTF-8`,
		},
		"a: \xff": {
			`line 1, column 4: the file is not UTF-8 here; save it as UTF-8`,
		},
		"a: \x00": {
			`line 1, column 4: the file has the invisible character U+0000 here; remove it`,
		},
		"a: \u202e": {
			`line 1, column 4: the file has the invisible character U+202E here; remove it`,
		},
		"a: b\u2028c: d": {
			`line 1, column 5: the file has the invisible character U+2028 here; remove it`,
		},
		"version: 1\renvironments: {a: }": {
			`line 1, column 11: the file has the invisible character U+000D here; remove it`,
		},
		"version: 1\nenvironments: {a: }\n\ufeff": {
			`line 3, column 1: the file has the invisible character U+FEFF here; remove it`,
		},
		`a: *b`: {
			`line 1, column 1: this is not YAML: unknown anchor 'b' referenced; define the anchor above`,
		},
		"version: 1\nenvironments: {a: {after: &x [*x]}}": {
			`line 2, column 31: environments.a.after[0]: a list is not the name of an environment; write staging`,
		},
		"version: 1\nenvironments: &e {a: *e}": {
			`line 2, column 19: environments.a.a: there is no key "a" here; the keys are after, url, production, allow, checks, reviews, draft, update_branch, soak, noop, labels, checklist, confirm, health_check, enforcement`,
		},
		"version: 1\nenvironments: {a: }\nenvironments: {b: }": {
			`line 3, column 1: environments: "environments" is set twice, first in line 2`,
		},
		"version: 1\nenvironments: {a: {}}\nfreezes: [&f {name: a, from: 06:00, until: 07:00}, *f]": {
			`line 3, column 52: freezes[1]: "a" is in the list twice; remove one`,
		},
		"version: 1\nenvironments:\n  a: \"b\n  c:": {
			`line 3, column 1: this is not YAML: found unexpected end of stream; check the indentation here and in the line above, the quotes and the brackets`,
		},
		"version: 1\nenvironments: {a: , b: ]": {
			`line 2, column 1: this is not YAML: did not find expected node content; check the indentation here and in the line above, the quotes and the brackets`,
		},
		"version: 1\nenvironments:\n  a:\n    url: https://x: y": {
			`line 4, column 1: this is not YAML: mapping values are not allowed in this context; check the indentation here and in the line above, the quotes and the brackets`,
		},
		"version: 1\nenvironments:\n  a:\n    checklist: @x": {
			`line 4, column 1: this is not YAML: found character that cannot start any token; check the indentation here and in the line above, the quotes and the brackets`,
		},
		"version: 1\nenvironments:\n  a\n  b": {
			`line 3, column 3: environments: "a b" is not a map of names; write each name as a key: {staging: , production: {after: staging}}`,
		},
		"version: 1\nenvironments:\n  prod:\n    draft: true\n   confirm: true\n    reviews: 1\n  b:": {
			`line 5, column 1: this is not YAML: did not find expected key; check the indentation here and in the line above, the quotes and the brackets`,
		},
	}
}
