package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// ofApp is a check run of an app.
func ofApp(name, conclusion, slug string, id int64) deploy.Check {
	one := deploytest.CheckRun(name, conclusion)
	one.App, one.AppSlug, one.Workflow, one.Event, one.NodeID = deploy.Know(id), slug, "", "", "CR_"+name+slug
	return one
}

// unattributed is a check run of which GitHub tells no app.
func unattributed(name string) deploy.Check {
	one := ofApp(name, "SUCCESS", "", 0)
	one.App = deploy.Known[int64]{}
	return one
}

// Each entry of a list has one reading: which checks meet it.
func TestListedNames(t *testing.T) {
	t.Parallel()
	scanner := ofApp("ci", "SUCCESS", "scanner", 7)
	for name, test := range map[string]struct {
		entry string
		node  deploy.Check
		met   bool
	}{
		"the app":                             {"ci@scanner", scanner, true},
		"the app's id":                        {"ci@7", scanner, true},
		"the app's bot":                       {"ci@scanner[bot]", scanner, true},
		"in capitals":                         {"ci@Scanner", scanner, true},
		"another app":                         {"ci@github-actions", scanner, false},
		"another id":                          {"ci@8", scanner, false},
		"another name":                        {"lint@scanner", scanner, false},
		"a part of the name":                  {"c@scanner", scanner, false},
		"an app whose slug is a number":       {"ci@7", ofApp("ci", "SUCCESS", "7", 8), false},
		"an unknown app":                      {"ci@scanner", unattributed("ci"), false},
		"an unknown app, by id":               {"ci@0", unattributed("ci"), false},
		"a status":                            {"ci@scanner", status("ci", "SUCCESS"), false},
		"a status called like the entry":      {"ci@scanner", status("ci@scanner", "SUCCESS"), false},
		"a run called like the entry":         {"ci@scanner", ofApp("ci@scanner", "SUCCESS", "evil", 9), false},
		"the app's run called like the entry": {"ci@scanner", ofApp("ci@scanner", "SUCCESS", "scanner", 7), false},
		"any app":                             {"ci", scanner, true},
		"any app, a status":                   {"ci", status("ci", "SUCCESS"), true},
		"@ at the end":                        {"ci@scanner@", status("ci@scanner", "SUCCESS"), true},
		"@ at the end, the app":               {"ci@scanner@", scanner, false},
		"two @ at the end":                    {"ci@@", status("ci@", "SUCCESS"), true},
		"@ in the name and an app":            {"ci@20@scanner", ofApp("ci@20", "SUCCESS", "scanner", 7), true},
		"@ at the start":                      {"@scope", status("@scope", "SUCCESS"), true},
		"@ alone":                             {"@", status("@", "SUCCESS"), true},
		"no app can be called so":             {"lint (@acme/web)", status("lint (@acme/web)", "SUCCESS"), true},
		"no app, after an @":                  {"ci@[bot]", status("ci@[bot]", "SUCCESS"), true},
		"no app, after an @: not any app":     {"ci@[bot]", status("ci", "SUCCESS"), false},
		"a version":                           {"node@20.1", status("node@20.1", "SUCCESS"), true},
		"a number":                            {"node@20", status("node@20", "SUCCESS"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := deploy.ChecksMissing
			if test.met {
				want = deploy.ChecksPassed
			}
			assert.Equal(t, want, checked(listed(test.entry), reported(test.node)).Evidence.CommitStatus)
			ignored := checked(ignoring(all(), test.entry), reported(withValue(test.node, "FAILURE"))).Evidence.CommitStatus
			assert.Equal(t, test.met, ignored == deploy.ChecksPassed, "ignored_checks reads entries alike, got %s", ignored)
		})
	}
}

func withValue(one deploy.Check, value string) deploy.Check {
	one.Value = value
	return one
}

// Other checks of the same name neither stand in for the app's nor outweigh it.
func TestListedAppAmongOthers(t *testing.T) {
	t.Parallel()
	forged := []deploy.Check{status("ci", "SUCCESS"), status("ci@scanner", "SUCCESS"), ofApp("ci", "SUCCESS", "evil", 9)}
	opposed := []deploy.Check{status("ci", "FAILURE"), status("ci@scanner", "FAILURE"), ofApp("ci", "FAILURE", "evil", 9)}
	for name, test := range map[string]struct {
		nodes []deploy.Check
		want  deploy.ChecksState
	}{
		"only others":               {forged, deploy.ChecksMissing},
		"the app's failed":          {append(forged, ofApp("ci", "FAILURE", "scanner", 7)), deploy.ChecksFailed},
		"the app's is running":      {append(forged, ofApp("ci", "", "scanner", 7)), deploy.ChecksPending},
		"the others' failed":        {append(opposed, ofApp("ci", "SUCCESS", "scanner", 7)), deploy.ChecksPassed},
		"the app's and the others'": {append(forged, ofApp("ci", "SUCCESS", "scanner", 7)), deploy.ChecksPassed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := checked(listed("ci@scanner"), reported(test.nodes...))
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			assert.Equal(t, !test.want.Fine(), d.Verdict == deploy.Refuse)
		})
	}
}

// An app's check that is ignored meets no rule that lets other apps report it.
func TestIgnoredAppOfARule(t *testing.T) {
	t.Parallel()
	scanner := ofApp("ci", "FAILURE", "scanner", 7)
	anyApp, bound := deploy.Expectation{Name: "ci"}, deploy.Expectation{Name: "ci", App: deploy.Know[int64](7)}
	for name, test := range map[string]struct {
		entry string
		wants deploy.Expectation
		nodes []deploy.Check
		want  deploy.ChecksState
	}{
		"any app may report it":        {"ci@scanner", anyApp, []deploy.Check{scanner}, deploy.ChecksPending},
		"another app did":              {"ci@scanner", anyApp, []deploy.Check{scanner, ofApp("ci", "SUCCESS", "other", 8)}, deploy.ChecksPassed},
		"bound to the app":             {"ci@scanner", bound, []deploy.Check{scanner}, deploy.ChecksPassed},
		"bound, and not there yet":     {"ci@scanner", bound, nil, deploy.ChecksPending},
		"by id":                        {"ci@7", bound, nil, deploy.NoChecks},
		"by another id":                {"ci@8", bound, nil, deploy.ChecksPending},
		"by id, any app may report it": {"ci@7", anyApp, nil, deploy.ChecksPending},
		"by name":                      {"ci", bound, nil, deploy.NoChecks},
		"by a name with an @":          {"ci@", bound, nil, deploy.NoChecks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := reported(test.nodes...)
			checks.Expected = []deploy.Expectation{test.wants}
			assert.Equal(t, test.want, checked(ignoring(all(), test.entry), checks).Evidence.CommitStatus)
		})
	}
}

// A refusal says how a missing entry was read, and how to name a check that has an @ in its name.
func TestMissingOfAppHint(t *testing.T) {
	t.Parallel()
	const plain = "Wait for the report and run the command again, or correct the names in the input `checks`."
	for entry, want := range map[string]string{
		"ci": plain, "lint (@acme/web)": plain, "node@20@": plain,
		"node@20": plain + " `node@20` means a check run `node` of the app `20`; if the whole text is the name of the check, write `node@20@`.",
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			finding := deploytest.Said(t, checked(listed(entry), reported()), "checks")
			assert.Equal(t, want, finding.Hint)
			assert.Contains(t, finding.Text, "`"+entry+"`")
		})
	}
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(listed(deploytest.Hostile+"@app"), reported()), "checks"))
}
