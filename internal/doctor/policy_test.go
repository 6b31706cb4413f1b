package doctor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/doctor"
)

const rulesPath = ".github/lockstep.yml"

// soft is a workflow whose settings are those of the rules file.
func soft(t *testing.T, parts ...string) string {
	t.Helper()
	return changed(t, append([]string{
		"          environment_targets: development,staging,production\n          enforced_deployment_order: development,staging,production\n", "",
	}, parts...)...)
}

// ruled is an examination of a workflow with a rules file that has an owner.
func ruled(workflow, text string) doctor.Examination {
	e := examination(map[string]string{path: workflow})
	e.Setup = e.Under(map[string]checkup.RulesFile{rulesPath: {Path: rulesPath, Now: checkup.Text{Exists: true, Text: text}}})
	e.Facts.Files = map[string]*string{".github/CODEOWNERS": new("* @acme/platform\n"), "CODEOWNERS": nil, "docs/CODEOWNERS": nil}
	e.Facts.Environments = []checkup.Environment{{Name: "dev"}, {Name: "staging"}, {Name: "production"}}
	e.Facts.Labels = map[string]bool{"qa": true}
	e.Facts.Deploy.ReadAt = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	return e
}

const sound = `version: 1
environments:
  dev:
  staging:
    after: dev
  production:
    after: staging
    production: true
`

func TestPolicy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		with string // inputs of the workflow
		text string
		want string // the whole of what is not praise, "" for nothing
	}{
		"sound": {"", sound, ""},
		"every rule": {"team_token: ${{ secrets.TEAMS }}", sound + `    soak: 1h
    noop: false
    labels: {require: [qa]}
    checklist: Deployment
freezes: [{name: weekend, from: fri 16:00, until: mon 08:00}]
path_rules: [{name: db, paths: ["db/**"], merged: true}]
override: {allow: [acme/sre], rules: [after, soak, freeze, labels, checklist, path_rules]}
`, ""},
		"broken": {
			"", "version: 1\nenvironments:\n  dev:\n    soak: 2 hours\n    x: y\n",
			"block policy: The rules file `.github/lockstep.yml` is broken: `line 4, column 11: environments.dev.soak: \"2 hours\" is not a length of time; write 2h`. \n" +
				"block policy: The rules file `.github/lockstep.yml` is broken: `line 5, column 5: environments.dev.x: there is no key \"x\" here; the keys are after, url, production, allow, checks, reviews, draft, update_branch, soak, noop, labels, checklist, confirm, health_check, enforcement`. ",
		},
		"the order twice": {
			"enforced_deployment_order: dev,staging,production", sound,
			"block policy: The rules file `.github/lockstep.yml` and the inputs contradict each other: `line 5, column 1: environments.staging.after: the order is set twice, in the input enforced_deployment_order and in after; remove one`. \n" +
				"block policy: The rules file `.github/lockstep.yml` and the inputs contradict each other: `line 7, column 1: environments.production.after: the order is set twice, in the input enforced_deployment_order and in after; remove one`. ",
		},
		"other names": {
			"environment_targets: dev,qa", sound,
			"block policy: The rules file `.github/lockstep.yml` and the inputs contradict each other: `line 1, column 1: environments: the input environment_targets names other environments: dev, qa; remove the input, or name the same ones`. ",
		},
		"an input that loses": {
			"production_environments: dev", sound,
			"warn policy: The key `production` of the rules file and the input `production_environments` disagree about `production`: the file wins. Remove the input, or the key.",
		},
		"an input that agrees": {"production_environments: production,staging", sound, ""},
		"inputs that lose": {
			"checks: required\n          skip_ci: dev\n          skip_reviews: dev\n          draft_permitted_targets: dev\n          update_branch: force\n" +
				"          deployment_confirmation: true\n          environment_urls: dev|https://old.example",
			strings.Replace(sound, "  dev:\n", "  dev: {checks: all, reviews: true, draft: false, update_branch: warn, confirm: false, url: https://new.example}\n", 1),
			"warn policy: The key `url` of the rules file and the input `environment_urls` disagree about `dev`: the file wins. Remove the input, or the key.\n" +
				"warn policy: The key `checks` of the rules file and the input `checks`, `skip_ci` disagree about `dev`: the file wins. Remove the input, or the key.\n" +
				"warn policy: The key `reviews` of the rules file and the input `skip_reviews` disagree about `dev`: the file wins. Remove the input, or the key.\n" +
				"warn policy: The key `draft` of the rules file and the input `draft_permitted_targets` disagree about `dev`: the file wins. Remove the input, or the key.\n" +
				"warn policy: The key `update_branch` of the rules file and the input `update_branch` disagree about `dev`: the file wins. Remove the input, or the key.\n" +
				"warn policy: The key `confirm` of the rules file and the input `deployment_confirmation` disagree about `dev`: the file wins. Remove the input, or the key.",
		},
		"a default for no one": {
			"", "version: 1\ndefaults:\n  soak: 1h\n  draft: true\nenvironments:\n  dev: {draft: false}\n  production: {draft: false}\n",
			"warn policy: `draft` of `defaults` has no effect (line 4 of the rules file): every environment sets the key itself. Remove it.\n" +
				"warn policy: `soak` of `defaults` has no effect (line 3 of the rules file): no environment with `after` takes it. Remove it.",
		},
		"freezes and path rules of no production": {
			"production_environments: elsewhere", "version: 1\nenvironments:\n  dev:\n  production: {production: false}\nfreezes: [{name: a|b, from: fri 16:00, until: mon 08:00}]\npath_rules: [{name: db, paths: [x], merged: true}]\n",
			"warn policy: The freeze `a|b` has no effect (line 5 of the rules file): it holds for no environment. Name `environments:` there, or mark one with `production: true`.\n" +
				"warn policy: The path rule `db` has no effect (line 6 of the rules file): it holds for no environment. Name `environments:` there, or mark one with `production: true`.\n" +
				"warn names: `production_environments` names what no command can deploy to: `elsewhere`. Correct the name, or add it to `environment_targets`.",
		},
		"a freeze that is over": {
			"", sound + "freezes:\n  - {name: old, from: 2026-11-23 18:00, until: 2026-12-01 11:59}\n  - {name: now, from: 2026-11-23 18:00, until: 2026-12-01 12:01}\n  - {name: next, from: 2027-11-23 18:00, until: 2027-12-01 12:01}\n",
			"warn policy: The freeze `old` has no effect (line 10 of the rules file): it is over. Remove it.",
		},
		"rules that no one has": {
			"", sound + "override: {allow: [alice], rules: [after, soak, freeze]}\n",
			"warn policy: `soak` in `override` has no effect (line 9 of the rules file): no environment has that rule. Remove it.\n" +
				"warn policy: `freeze` in `override` has no effect (line 9 of the rules file): no environment has that rule. Remove it.",
		},
		"enforcement of nothing": {
			"", strings.Replace(sound, "  dev:\n", "  dev: {enforcement: evaluate}\n", 1),
			"warn policy: `enforcement` of `dev` has no effect (line 3 of the rules file): it has no rule. Remove it, or add a rule.",
		},
		"enforcement for nothing": {
			"", "version: 1\ndefaults: {enforcement: evaluate}\nenvironments:\n  dev:\n",
			"warn policy: `enforcement` of `defaults` has no effect (line 2 of the rules file): no environment has a rule. Remove it, or add a rule.",
		},
		"teams without a token": {
			"", sound + "    allow: [acme/release, alice]\noverride: {allow: [acme/sre], rules: [after]}\n",
			"warn policy: The rules file names teams (`acme/sre`, `acme/release`), but there is no token that may read their members: no one counts as a member. " +
				"Give `team_token` a token that may read the organization's members.",
		},
		"a rehearsal without a permission": {
			"", sound + "    noop: required\n",
			"block permissions: `.github/workflows/deploy.yml`, job `start`: its token lacks `statuses: write`. Add it to the `permissions:` of the job.\n" +
				"block permissions: `.github/workflows/deploy.yml`, job `finish`: its token lacks `statuses: write`. Add it to the `permissions:` of the job.",
		},
		"an environment that GitHub lacks": {
			"", sound + "  qa:\n",
			"warn environments: The rules file names environments that GitHub does not have: `qa`. Correct a name that is mistyped. " +
				"GitHub creates the others with their first deployment; to give them secrets and protection rules before, create them in the repository's settings.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			workflow := soft(t, "skip_completing", test.with+"\n          skip_completing")
			assert.Equal(t, test.want, unwell(doctor.Examine(ruled(workflow, test.text))))
		})
	}
}

// Findings about a line have its place.
func TestPolicyPlaces(t *testing.T) {
	t.Parallel()
	places := func(e doctor.Examination) map[deploy.FilePlace]bool {
		found := map[deploy.FilePlace]bool{}
		for _, f := range doctor.Examine(e) {
			if f.Gate == "policy" && f.Level != deploy.Pass {
				found[f.At] = true
			}
		}
		return found
	}
	var broken strings.Builder
	broken.WriteString("version: 1\nenvironments:\n  dev:\n")
	want := map[deploy.FilePlace]bool{}
	for line := range 25 {
		broken.WriteString("    draft" + string(rune('a'+line)) + ": 1\n")
		want[deploy.FilePlace{File: rulesPath, Line: line + 4, Column: 5}] = true
	}
	assert.Equal(t, want, places(ruled(soft(t), broken.String())), "each mistake, however many there are")
	over := sound + "freezes:\n  - {name: old, from: 2026-11-23 18:00, until: 2026-12-01 11:59}\n"
	assert.Equal(t, map[deploy.FilePlace]bool{{File: rulesPath, Line: 10}: true}, places(ruled(soft(t), over)))
}

func TestOwners(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]*string
		want  string
	}{
		"not read": {nil, ""},
		"none": {
			map[string]*string{".github/CODEOWNERS": nil, "CODEOWNERS": nil, "docs/CODEOWNERS": nil},
			"warn policy: No one owns the rules file `.github/lockstep.yml`: there is no CODEOWNERS file. Add `.github/CODEOWNERS` with `/.github/lockstep.yml @acme/platform`, and require reviews from code owners in a ruleset of the branch.",
		},
		"someone": {map[string]*string{".github/CODEOWNERS": nil, "CODEOWNERS": new("/.github/ @a")}, ""},
		"someone else": {
			map[string]*string{".github/CODEOWNERS": nil, "CODEOWNERS": new("/docs/ @a")},
			"warn policy: `CODEOWNERS` names no one who owns the rules file `.github/lockstep.yml`. Add `/.github/lockstep.yml @acme/platform` at its end, and require reviews from code owners in a ruleset of the branch.",
		},
		"the first file counts": {
			map[string]*string{".github/CODEOWNERS": new(""), "CODEOWNERS": new("* @a")},
			"warn policy: `.github/CODEOWNERS` names no one who owns the rules file `.github/lockstep.yml`. Add `/.github/lockstep.yml @acme/platform` at its end, and require reviews from code owners in a ruleset of the branch.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := ruled(soft(t), sound)
			e.Facts.Files = test.files
			assert.Equal(t, test.want, unwell(doctor.Examine(e)))
		})
	}
}

// Who can push the file can change the rules.
func TestRulesAroundTheFile(t *testing.T) {
	t.Parallel()
	const (
		open   = "warn rules: No ruleset of `main` asks for a review."
		owners = "warn rules: `reviews` in the rules file counts approvals."
	)
	pull := func(count int, owner bool) []deploy.Rule {
		return []deploy.Rule{{Type: "pull_request", Parameters: map[string]any{"required_approving_review_count": count, "require_code_owner_review": owner}}}
	}
	counted := sound + "    reviews: 2\n"
	for name, test := range map[string]struct {
		text     string
		rules    []deploy.Rule
		want     []string
		wantNone []string
	}{
		"a review":                    {sound, pull(1, false), nil, []string{open, owners}},
		"no review":                   {sound, pull(0, true), []string{open}, []string{owners}},
		"no rules":                    {sound, nil, []string{open}, []string{owners}},
		"counted reviews":             {counted, pull(1, false), []string{owners}, []string{open}},
		"counted reviews with owners": {counted, pull(1, true), nil, []string{open, owners}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := ruled(soft(t), test.text)
			e.Facts.Deploy.Rules = test.rules
			found := unwell(doctor.Examine(e))
			for _, one := range test.want {
				assert.Contains(t, found, one)
			}
			for _, one := range test.wantNone {
				assert.NotContains(t, found, one)
			}
		})
	}
	e := ruled(soft(t), counted)
	e.Facts.Deploy.Rules, e.Facts.Deploy.NoRules = nil, true
	assert.Empty(t, unwell(doctor.Examine(e)), "the plan has no rulesets")
}

func TestNoRulesFile(t *testing.T) {
	t.Parallel()
	none := func(with string) doctor.Examination {
		e := examination(map[string]string{path: changed(t, "skip_completing", with+"\n          skip_completing")})
		files := map[string]checkup.RulesFile{}
		for _, file := range e.RulesPaths() {
			files[file] = checkup.RulesFile{Path: file}
		}
		e.Setup = e.Under(files)
		return e
	}
	e := none("")
	assert.Equal(t, []string{rulesPath}, e.RulesPaths())
	assert.Empty(t, unwell(doctor.Examine(e)))
	views := e.Views()
	require.Len(t, views, 1)
	assert.Contains(t, views[0].Draft.Text, "after: [development, staging]")
	assert.Empty(t, views[0].Draft.Left)
	assert.NotContains(t, e.Needs("", 0).Files, "CODEOWNERS", "there is nothing to own")

	assert.Equal(t, []string{"skip_ci"}, none("skip_ci: ${{ vars.SKIP }}").Views()[0].Draft.Left)
	assert.Equal(t, "block policy: There is no rules file `rules.yml`, and `policy_path` wants one: nothing is deployed. Add the file, or correct the input.",
		unwell(doctor.Examine(none("policy_path: rules.yml"))))
	assert.Empty(t, none(`policy_path: ""`).RulesPaths())
	assert.Empty(t, none("policy_path: ${{ vars.RULES }}").RulesPaths())
	assert.Empty(t, unwell(doctor.Examine(none(`policy_path: ""`))))

	unread := none("")
	unread.Setup = unread.Under(nil)
	unread.Facts.Unavailable[checkup.RulesPart] = deploy.Problem{Text: "GitHub said no.", Hint: "Ask again."}
	assert.Equal(t, "warn policy: The rules file could not be looked at. GitHub said no. Ask again.", unwell(doctor.Examine(unread)))

	binary := none("")
	binary.Setup = binary.Under(map[string]checkup.RulesFile{rulesPath: {Path: rulesPath, Now: checkup.Text{Exists: true, Problem: "it is no text"}}})
	assert.Contains(t, unwell(doctor.Examine(binary)), "cannot be read, because it is no text.")
}

// Where workflows of other repositories deploy, the file is that of the examining step.
func TestRulesOfTheExaminingStep(t *testing.T) {
	t.Parallel()
	e := examination(nil)
	e.Fallback = doctor.Settings{Config: settings(t, nil), Computed: []string{"team_token"}}
	assert.Equal(t, []string{rulesPath}, e.RulesPaths())
	e.Setup = e.Under(map[string]checkup.RulesFile{rulesPath: {Path: rulesPath, Now: checkup.Text{Exists: true, Text: sound + "    allow: [acme/x]\n    x: 1\n"}}})
	assert.Contains(t, unwell(doctor.Examine(e)), "line 10, column 5: environments.production.x")
}

// What a pull request changes is told from what it leaves alone.
func TestViews(t *testing.T) {
	t.Parallel()
	text := func(text string) checkup.Text { return checkup.Text{Exists: text != "", Text: text} }
	for name, test := range map[string]struct {
		now, before      string
		compared, unread bool
		changes          int
	}{
		"nothing":                     {sound, sound, true, false, 0},
		"a value":                     {strings.Replace(sound, "true", "false", 1), sound, true, false, 1},
		"a new file":                  {sound, "", true, false, 8},
		"the end of the file":         {"", sound, true, false, 8},
		"a broken file":               {"x", sound, false, false, 0},
		"a broken file that is fixed": {sound, "x", true, true, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examination(map[string]string{path: soft(t)})
			setup := e.Under(map[string]checkup.RulesFile{rulesPath: {Path: rulesPath, Compared: true, Now: text(test.now), Before: text(test.before)}})
			views := setup.Views()
			if !test.compared {
				assert.Empty(t, views)
				return
			}
			require.Len(t, views, 1)
			assert.True(t, views[0].Compared)
			assert.Equal(t, test.unread, views[0].Unread)
			assert.Len(t, views[0].Changes, test.changes)
			assert.Empty(t, views[0].Draft.Text)
		})
	}
}

// Nothing in a rules file becomes more than text.
func TestHostileRules(t *testing.T) {
	t.Parallel()
	const evil = "`@everyone <img src=x> ::error::x ![x](http://x) | -->"
	quoted := `"` + evil + `"`
	valid := "version: 1\ndefaults: {draft: true}\nenvironments:\n  " + quoted + ": {draft: false, labels: {require: [" + quoted + "]}}\n" +
		"freezes: [{name: " + quoted + ", from: fri 16:00, until: mon 08:00}]\npath_rules: [{name: " + quoted + ", paths: [" + quoted + "], merged: true}]\n" +
		"override: {allow: [alice], rules: [soak]}\n"
	for _, text := range []string{valid, valid + quoted + ": " + quoted + "\n", "environments: {" + quoted + ": {after: " + quoted + "}}"} {
		e := ruled(soft(t, "skip_completing", "draft_permitted_targets: "+quoted+"\n          disable_lock: true\n          skip_completing"), text)
		for _, f := range doctor.Examine(e) {
			assertHarmless(t, f)
		}
	}
}

// The order that a rules file sets goes by deployments like that of the input.
func TestPolicyOrder(t *testing.T) {
	t.Parallel()
	foreign := []deploy.Deployment{{Environment: "staging", Creator: "github-actions"}}
	for name, test := range map[string]struct {
		with, want string
	}{
		"all deployments count": {"", "was made by `github-actions` and not by Lockstep; the order goes by it."},
		"only our own count":    {"deployment_order_scope: own", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			workflow := soft(t)
			if test.with != "" {
				workflow = strings.Replace(workflow, "        with:\n", "        with:\n          "+test.with+"\n", 1)
			}
			e := ruled(workflow, sound)
			if test.with == "" {
				assert.Equal(t, []string{"dev", "staging"}, e.Needs("", 0).Deploy.Environments)
			}
			e.Facts.Deploy.Deployments = map[string][]deploy.Deployment{"staging": foreign}
			var said []string
			for _, finding := range doctor.Examine(e) {
				if finding.Gate == "order" && finding.Level == deploy.Warn {
					said = append(said, finding.Text)
				}
			}
			if test.want == "" {
				assert.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			assert.Contains(t, said[0], test.want)
		})
	}
}

// A rules file in a place where no one reads it looks as if there were rules.
func TestMisplacedRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  string // "" for no warning
	}{
		"another extension": {map[string]string{".github/lockstep.yaml": sound}, "the rules in `.github/lockstep.yaml` are not in effect."},
		"the root":          {map[string]string{"lockstep.yml": sound}, "the rules in `lockstep.yml` are not in effect."},
		"next to the file":  {map[string]string{"lockstep.yml": sound, rulesPath: sound}, ""},
		"nowhere":           {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := ruled(soft(t), sound)
			files := map[string]checkup.RulesFile{rulesPath: {Path: rulesPath}}
			for path, text := range test.files {
				files[path] = checkup.RulesFile{Path: path, Now: checkup.Text{Exists: true, Text: text}}
			}
			assert.Subset(t, e.Wanted(), []string{rulesPath, ".github/lockstep.yaml", "lockstep.yml"})
			e.Setup = e.Under(files)
			var said []string
			for _, finding := range doctor.Examine(e) {
				if finding.Gate == "policy" && finding.Level != deploy.Pass {
					said = append(said, finding.Text)
				}
			}
			if test.want == "" {
				assert.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			assert.Contains(t, said[0], test.want)
		})
	}
}
