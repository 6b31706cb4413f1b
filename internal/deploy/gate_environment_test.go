package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestUnknownEnvironment(t *testing.T) {
	t.Parallel()
	const known3 = "The environments are `dev`, `staging`, `production`. "
	for kind, hint := range map[command.Kind]string{
		command.Deploy:   known3 + "Type `.deploy <environment>`, or `.deploy main to <environment>` for a rollback; parameters follow `|`.",
		command.Noop:     known3 + "Type `.noop <environment>`, or `.noop main to <environment>` for a rollback; parameters follow `|`.",
		command.Lock:     known3 + "Type `.lock <environment>`.",
		command.Unlock:   known3 + "Type `.unlock <environment>`.",
		command.LockInfo: known3 + "Type `.wcid <environment>`.",
	} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(deploytest.Asking(kind, ""), deploytest.Settings(), deploytest.Facts())
			assert.Equal(t, deploy.InvalidEnvironment, d.Reason)
			finding := deploytest.Said(t, d, "environment")
			assert.Equal(t, deploy.Block, finding.Level)
			assert.Equal(t, hint, finding.Hint)
		})
	}
}

// Names come from a workflow file, and still must not change how a comment is read.
func TestUnknownEnvironmentEscapes(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Targets, c.Environment, c.Commands.Deploy, c.StableBranch = []string{"a`b"}, "a`b", "`x", "m`n"
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, ""), c, deploytest.Facts()), "environment")
	assert.Equal(t, "The environments are ``a`b``. Type `` `x <environment> ``, or `` `x m`n to <environment> `` for a rollback; parameters follow `|`.", finding.Hint)
}

// A rollback to an environment that is mistyped is refused for that alone: what runs there cannot be read.
func TestUnknownEnvironmentOfRollback(t *testing.T) {
	t.Parallel()
	r, f := deploytest.Asking(command.Rollback, ""), deploytest.Facts()
	r.Command.KnownEnvironment = false
	delete(f.Read, deploy.LivePart)
	d := deploy.Decide(r, deploytest.Settings(), f)
	assert.Equal(t, deploy.InvalidEnvironment, d.Reason)
	for _, finding := range d.Findings {
		assert.Equal(t, finding.Gate == "environment", finding.Level == deploy.Block, finding.Gate+": "+finding.Text)
	}
}

// A name that is almost right, or the beginning of one, leads to the command that was meant.
func TestMistypedEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind  command.Kind
		typed string
		want  string
	}{
		"a letter too few":         {command.Deploy, ".deploy stagin", ".deploy staging"},
		"letters swapped":          {command.Noop, ".noop to prdouction", ".noop production"},
		"a beginning":              {command.Deploy, ".deploy prod", ".deploy production"},
		"another case":             {command.Lock, ".lock PROD", ".lock production"},
		"with parameters":          {command.Deploy, ".deploy stagng | --debug", "the environment `staging`"},
		"the stable branch":        {command.Deploy, ".deploy main to prod", ".deploy main to production"},
		"without to":               {command.Deploy, ".deploy main prod", ".deploy main to production"},
		"a rollback":               {command.Rollback, ".rollback prod", ".rollback production"},
		"of a lock":                {command.Unlock, ".unlock stagging", ".unlock staging"},
		"an info alias":            {command.LockInfo, ".wcid stagging", ".wcid staging"},
		"a lock with a reason":     {command.Lock, ".lock stagin --reason a fix", "the environment `staging`"},
		"a lock for a time":        {command.Lock, ".lock stagin --for 2h", "the environment `staging`"},
		"nothing near":             {command.Deploy, ".deploy qa", ""},
		"too short":                {command.Deploy, ".deploy p", ""},
		"no name":                  {command.Deploy, ".deploy", ""},
		"only to":                  {command.Deploy, ".deploy to", ""},
		"more words":               {command.Deploy, ".deploy prod now, please", ""},
		"after the separator":      {command.Deploy, ".deploy | stagin", ""},
		"a rollback has no branch": {command.Rollback, ".rollback main prod", ""},
		"another target":           {command.Rollback, ".rollback prod to v1.2", ""},
		"a branch of no lock":      {command.Lock, ".lock main prod", ""},
		"a very long name":         {command.Deploy, ".deploy " + strings.Repeat("staging", 9000), ""},
		"a trigger before":         {command.Deploy, "/deploy stagin", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, question(test.want), askedBy(t, deploytest.Settings(), test.kind, test.typed))
		})
	}
}

// askedBy is what the hint asks before it lists the environments.
func askedBy(t *testing.T, c config.Config, kind command.Kind, typed string) string {
	t.Helper()
	r := deploytest.Asking(kind, "")
	r.Command.Text = typed
	hint := deploytest.Said(t, deploy.Decide(r, c, deploytest.Facts()), "environment").Hint
	question, _, _ := strings.Cut(hint, "The environments are")
	return question
}

// question asks for a command, or for what is in words.
func question(meant string) string {
	switch {
	case meant == "":
		return ""
	case !strings.Contains(meant, "`"):
		meant = "`" + meant + "`"
	}
	return "Did you mean " + meant + "? "
}

// What is the beginning of two names is the beginning of none.
func TestBeginningOfTwoEnvironments(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Targets = []string{"prod-eu", "prod-us"}
	assert.NotContains(t, askedBy(t, c, command.Deploy, ".deploy prod"), "mean")
	assert.Contains(t, askedBy(t, c, command.Deploy, ".deploy prod-u"), "`.deploy prod-us`")
}

// A command is advised only where it does what was typed, but for the letters of the environment.
func TestAdvisedEnvironmentIsWhatWasMeant(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind      command.Kind
		typed     string
		separator string
		targets   []string
		want      string
	}{
		"a branch before a long name":   {command.Deploy, ".deploy v1 production-eu-west-1", "|", []string{"production-eu-west-1"}, ""},
		"a mistyped stable branch":      {command.Deploy, ".deploy mai to production-europe-west", "|", []string{"production-europe-west"}, ""},
		"a version behind a long name":  {command.Rollback, ".rollback production-europe-wes to v1", "|", []string{"production-europe-west"}, ""},
		"as near to another":            {command.Deploy, ".deploy prod-es", "|", []string{"prod-eu", "prod-us"}, ""},
		"nearer than another":           {command.Deploy, ".deploy prad-us", "|", []string{"prod-eu", "prod-us"}, ".deploy prod-us"},
		"a command of an old version":   {command.Deploy, ".deploy nop-eu", "|", []string{"noop-eu"}, ""},
		"perhaps the stable branch":     {command.Deploy, ".deploy mai", "|", []string{"maintenance"}, ""},
		"an empty separator":            {command.Deploy, ".deploy staging", "", []string{"staging"}, ""},
		"a separator in the name":       {command.Deploy, ".deploy eu-c", "--", []string{"eu-central--west"}, ""},
		"nothing behind a separator":    {command.Deploy, ".deploy staging |", "|", []string{"staging"}, ".deploy staging"},
		"a name of two words":           {command.Deploy, ".deploy eu wst", "|", []string{"eu west"}, ".deploy eu west"},
		"the stable branch, two words":  {command.Noop, ".noop main to eu wst", "|", []string{"eu west"}, ".noop main to eu west"},
		"the name of the stable branch": {command.Deploy, ".deploy main mai", "|", []string{"main"}, ".deploy main to main"},
		"what runs there":               {command.Status, ".status eu wst", "|", []string{"eu west"}, ".status eu west"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := deploytest.Settings()
			c.Targets, c.Environment, c.Commands.Separator = test.targets, test.targets[0], test.separator
			assert.Equal(t, question(test.want), askedBy(t, c, test.kind, test.typed))
		})
	}
}
