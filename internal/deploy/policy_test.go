package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// governed decides on a comment under a rules file, as it was read.
func governed(body string, file deploy.PolicyFile, change func(*deploy.Facts, *config.Config)) (deploy.Decision, deploy.Request) {
	r, c, f := deploytest.Asking(0, ""), deploytest.Settings(), deploytest.Facts()
	c.Order, c.PolicyFile = nil, config.PolicyFile{Path: config.DefaultPolicyPath}
	f.Policy = file
	if change != nil {
		change(&f, &c)
	}
	r.Event.Comment.Body = body
	r.Command, r.Unreadable = deploy.Grammar(c).Parse(body)
	r, c, f = deploy.Govern(r, c, f)
	return deploy.Decide(r, c, f), r
}

func ruleFile(text string) deploy.PolicyFile {
	return deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: deploytest.StableSHA, Exists: true, Text: text}
}

// A file that is broken stops every start, of everyone, and nothing else.
func TestBrokenPolicy(t *testing.T) {
	t.Parallel()
	const broken = "version: 1\nenvironments:\n  qa:\n  production:\n    soak: 2 hours\n"
	starts := []string{".deploy production", ".deploy qa", ".noop production", ".deploy main to production", ".deploy QA --override everything is on fire"}
	others := map[string]deploy.Reason{
		".lock qa": deploy.LockAcquired, ".unlock qa": deploy.UnlockCompleted, ".wcid qa": deploy.LockInfoCompleted, ".help": deploy.HelpCompleted,
	}
	for role, may := range map[string]bool{"admin": true, "write": true, "maintain": true, "read": false} {
		set := func(f *deploy.Facts, c *config.Config) {
			f.Actor.Permission, f.Actor.Role = role, role
			c.Permissions = []string{"write", "admin", "maintain"}
		}
		for _, body := range starts {
			t.Run(role+" "+body, func(t *testing.T) {
				t.Parallel()
				d, _ := governed(body, ruleFile(broken), set)
				assert.Contains(t, []deploy.Verdict{deploy.Refuse, deploy.Ignore}, d.Verdict)
				if want := deploy.PolicyInvalid; may {
					assert.Equal(t, want, d.Reason)
					assert.Equal(t, []string{"policy"}, deploytest.Blocked(d), "what the others say would not be certain")
					assert.Contains(t, d.Blocking()[0].Text, "line 5, column 11: environments.production.soak:")
				}
			})
		}
		for body, want := range others {
			t.Run(role+" "+body, func(t *testing.T) {
				t.Parallel()
				d, _ := governed(body, ruleFile(broken), set)
				assert.Equal(t, may, d.Verdict == deploy.Proceed)
				if may {
					assert.Equal(t, want, d.Reason)
					assert.NotNil(t, d.Policy.Problem)
				}
			})
		}
	}
}

// Whether there are rules must be known, and rules that exist must be in effect.
func TestPolicyGate(t *testing.T) {
	t.Parallel()
	fine := ruleFile("version: 1\nenvironments:\n  production:\n")
	for name, test := range map[string]struct {
		file   deploy.PolicyFile
		change func(*deploy.Facts, *config.Config)
		stops  string // what is said, "" for nothing
	}{
		"no file":       {deploy.PolicyFile{Path: config.DefaultPolicyPath, Commit: deploytest.StableSHA}, nil, ""},
		"a file":        {fine, nil, ""},
		"not wanted":    {deploy.PolicyFile{}, func(_ *deploy.Facts, c *config.Config) { c.PolicyFile = config.PolicyFile{} }, ""},
		"an empty file": {ruleFile(""), nil, "is broken"},
		"wanted and missing": {deploy.PolicyFile{Path: "rules.yml", Commit: deploytest.StableSHA}, func(_ *deploy.Facts, c *config.Config) {
			c.PolicyFile = config.PolicyFile{Path: "rules.yml", Required: true}
		}, "There is no rules file `rules.yml`"},
		"never read": {fine, func(f *deploy.Facts, _ *config.Config) { delete(f.Read, deploy.PolicyPart) }, "could not read the rules file"},
		"out of reach": {fine, func(f *deploy.Facts, _ *config.Config) {
			delete(f.Read, deploy.PolicyPart)
			f.MarkUnavailable(deploy.PolicyPart, deploy.Problem{Text: "No."})
		}, "No."},
		"contradicts an input": {ruleFile("version: 1\nenvironments:\n  dev:\n  production:\n    after: dev\n"), func(_ *deploy.Facts, c *config.Config) { c.Order = []string{"dev", "production"} }, "the order is set twice"},
		"a hundred mistakes":   {ruleFile("version: 1\nenvironments:\n  production:\n" + strings.Repeat("    x: 1\n", 100)), nil, "more`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := governed(".deploy production", test.file, test.change)
			said := deploytest.Said(t, d, "policy")
			if test.stops == "" {
				assert.Equal(t, deploy.Pass, said.Level)
				assert.Equal(t, deploy.Proceed, d.Verdict)
				return
			}
			assert.Equal(t, deploy.PolicyInvalid, d.Reason)
			assert.Contains(t, said.Text, test.stops)
			assert.LessOrEqual(t, strings.Count(said.Text, "\n- "), 11)
		})
	}
}

// Facts of a file that the settings do not hold to are no permission to go.
func TestPolicyThatIsNotInEffect(t *testing.T) {
	t.Parallel()
	r, c, f := deploytest.Asking(1, "production"), deploytest.Settings(), deploytest.Facts()
	c.Order, c.PolicyFile.Path = nil, config.DefaultPolicyPath
	f.Policy = ruleFile("version: 1\nenvironments:\n  production:\n")
	d := deploy.Decide(r, c, f)
	assert.Equal(t, deploy.PolicyInvalid, d.Reason)
	c.Policy = deploytest.Policy()
	c.Policy.Source.Commit = deploytest.OtherSHA
	assert.Equal(t, deploy.PolicyInvalid, deploy.Decide(r, c, f).Reason, "it is of another commit")
}

// The command is read again with the names of the file.
func TestGovernReadsTheCommandAgain(t *testing.T) {
	t.Parallel()
	file := ruleFile("version: 1\nenvironments:\n  Live:\n  main:\n")
	_, r := governed(".deploy live", file, nil)
	assert.Equal(t, "Live", r.Command.Environment)
	_, r = governed(".deploy staging", file, nil)
	assert.False(t, r.Command.KnownEnvironment)
	_, r = governed(".deploy", file, nil)
	assert.False(t, r.Command.KnownEnvironment, "the default environment is not in the file")
	tracked, c := deploytest.Tracking(config.Started)
	c.PolicyFile.Path = config.DefaultPolicyPath
	tracked.Command.Environment = "LIVE"
	f := deploytest.Facts()
	f.Policy = file
	tracked, c, f = deploy.Govern(tracked, c, f)
	assert.Equal(t, "Live", tracked.Command.Environment)
	assert.Equal(t, policy.Source{Path: file.Path, Commit: file.Commit}, c.Policy.Source)
	_, missing := f.Missing(deploy.PolicyPart)
	require.False(t, missing)
}
