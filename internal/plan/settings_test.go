package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// What the end says and does is settled by the inputs of the start.
func TestEndSettings(t *testing.T) {
	t.Parallel()
	const commit = "4444444444444444444444444444444444444444"
	plain := plan.EndSettings{ShowURL: true, Rollback: message.WayOut{Command: ".deploy main to production"}}
	for name, test := range map[string]struct {
		change func(*config.Config)
		want   func(*plan.EndSettings)
	}{
		"plain": {func(*config.Config) {}, func(*plan.EndSettings) {}},
		"words": {
			func(c *config.Config) { c.Commands.Deploy, c.StableBranch = ".ship", "trunk" },
			func(e *plan.EndSettings) { e.Rollback = message.WayOut{Command: ".ship trunk to production"} },
		},
		"messages": {
			func(c *config.Config) {
				c.URLInComment, c.Messages = false, config.Messages{TemplatePath: "words.md", Style: config.UpdateComment}
			},
			func(e *plan.EndSettings) {
				e.ShowURL, e.Comments = false, config.UpdateComment
				e.Template.Path, e.Template.Commit = "words.md", commit
			},
		},
		"labels": {
			func(c *config.Config) { c.Labels = config.Labels{Deployed: []string{"a"}, DeployFailed: []string{"b"}} },
			func(e *plan.EndSettings) {
				e.Success, e.Failure = plan.Labels{Add: []string{"a"}, Remove: []string{"b"}}, plan.Labels{Add: []string{"b"}, Remove: []string{"a"}}
			},
		},
		"left to the workflow": {func(c *config.Config) { c.SkipCompleting = true }, func(e *plan.EndSettings) { e.SkipCompleting = true }},
		"tracking": {
			func(c *config.Config) {
				c.Versioner = config.Versioner{APIKey: apiKey, APIURL: "https://api.example", UIURL: "https://ui.example", FailOnError: config.FailAlways}
				c.Track = config.Track{IncludeEmail: true, Artifacts: []config.Artifact{{Type: "oci", Location: "x"}}}
			},
			func(e *plan.EndSettings) {
				e.Tracking, e.FailOnError = &plan.TrackingEndpoint{APIURL: "https://api.example", UIURL: "https://ui.example"}, config.FailAlways
				e.IncludeEmail, e.Artifacts = true, []config.Artifact{{Type: "oci", Location: "x"}}
			},
		},
		"receivers": {
			func(c *config.Config) { c.Sinks, c.AllowInsecureHTTP = sinks(t), true },
			func(e *plan.EndSettings) {
				e.Receivers = []config.Sink{{
					Type: "chat", Name: "chat", Events: []string{"deployment.failed"}, Settings: map[string]string{"mention": "@here"},
				}}
				e.AllowHTTP = true
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, c, want := asking(command.Deploy), settings(), plain
			r.Event.WorkflowSHA = commit
			test.change(&c)
			test.want(&want)
			l := decide(r, c, facts()).ledger
			assert.Equal(t, want, l.End)
			assert.Equal(t, len(want.Receivers) > 0, l.Notifies())
			assert.Equal(t, want.Tracking != nil, l.Tracks())
			text, err := l.Marshal()
			require.NoError(t, err)
			assert.NotContains(t, text, "s3cret")
			read, err := plan.ReadLedger(text)
			require.NoError(t, err)
			assert.Equal(t, l, read)
		})
	}
}

func TestTemplateFileNeedsAWholeCommit(t *testing.T) {
	t.Parallel()
	for commit, known := range map[string]bool{
		strings.Repeat("a", 40): true, strings.Repeat("0", 64): true, "": false, "main": false, strings.Repeat("a", 41): false,
	} {
		t.Run(fmt.Sprintf("%q", commit), func(t *testing.T) {
			t.Parallel()
			r, c := asking(command.Deploy), settings()
			c.Messages.TemplatePath, r.Event.WorkflowSHA = "words.md", commit
			assert.Equal(t, known, deploy.TemplateFile(r, c).Path != "")
			c.Messages.TemplatePath = ""
			assert.Empty(t, deploy.TemplateFile(r, c).Commit)
		})
	}
}

// What events say in addition gives way first when the saved state has no room. What the end needs does not.
func TestMarshalMakesRoom(t *testing.T) {
	t.Parallel()
	full := func() plan.Ledger {
		l := ready(asking(command.Deploy), settings())
		l.End.Metadata, l.End.Artifacts = json.RawMessage(`{"x":"m"}`), []config.Artifact{{Location: "a"}}
		l.Checks, l.Outbox = []plan.Check{{Name: "c"}}, []plan.PendingEvent{{Sink: "o", Event: json.RawMessage(`1`)}}
		return l
	}
	for name, test := range map[string]struct {
		change func(*plan.Ledger, string)
		kept   func(*plan.Ledger) // leaves out what has no room
	}{
		"metadata":  {func(l *plan.Ledger, long string) { l.End.Metadata = json.RawMessage(`"` + long + `"`) }, func(l *plan.Ledger) { l.End.Metadata = nil }},
		"artifacts": {func(l *plan.Ledger, long string) { l.End.Artifacts[0].Location = long }, func(l *plan.Ledger) { l.End.Metadata, l.End.Artifacts = nil, nil }},
		"checks":    {func(l *plan.Ledger, long string) { l.Checks[0].Name = long }, func(l *plan.Ledger) { l.End.Metadata, l.End.Artifacts, l.Checks = nil, nil, nil }},
		"outbox": {func(l *plan.Ledger, long string) { l.Outbox[0].Sink = long }, func(l *plan.Ledger) {
			l.End.Metadata, l.End.Artifacts, l.Checks, l.Outbox = nil, nil, nil, nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := full()
			test.change(&l, strings.Repeat("x", 100<<10))
			text, err := l.Marshal()
			require.NoError(t, err)
			assert.Less(t, len(text), 100<<10)
			read, err := plan.ReadLedger(text)
			require.NoError(t, err)
			test.kept(&l)
			assert.Equal(t, l, read)
		})
	}
	l := full()
	l.Product = strings.Repeat("x", 100<<10)
	_, err := l.Marshal()
	require.ErrorContains(t, err, "too long", "a start whose end would be unknown does not begin")
}

// What a run shows of its effects.
func TestEffectsSayWhatTheyDo(t *testing.T) {
	t.Parallel()
	for want, effect := range map[string]plan.Effect{
		"react with eyes": plan.React{Content: "eyes"}, "take back a reaction": plan.Unreact{},
		"comment": plan.Comment{}, "change a comment": plan.EditComment{},
		"take the lock x": plan.TakeLock{Branch: "x"}, "release the lock x": plan.FreeLock{Branch: "x"},
		"tell the tracking endpoint: started": plan.RecordEvent{Status: config.Started}, "tell the others: failed": plan.NotifySinks{Status: config.Failed},
		"create the deployment of 1111111 to x": plan.StartDeployment{SHA: headSHA, Environment: "x"}, "set the deployment's status: success": plan.SetStatus{State: "success"},
		"add the labels a, b": plan.AddLabels{Names: []string{"a", "b"}}, "remove the label a": plan.RemoveLabel{Name: "a"},
		"end the deployment of a run that was lost": plan.CloseOrphan{}, "count the commits since the last deployment": plan.CountCommits{},
		"update the branch of the pull request": plan.UpdateBranch{},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, effect.String())
		})
	}
}

// sinks are those of a workflow that sets a receiver up, with a secret wherever one can be.
func sinks(t *testing.T) []config.Sink {
	t.Helper()
	inputs := map[string]string{
		"github_token": "t", "permissions": "write", "chat_url": "https://s3cret.example", "chat_key": "s3cret", "chat_headers": "s3cret", "chat_mention": "@here", "chat_events": "deployment.failed",
	}
	c, err := config.Read(config.SourceOf(inputs), config.SinkType{Name: "chat", Required: config.AddressSetting, Settings: []config.Setting{
		{Name: config.AddressSetting, Input: "chat_url"},
		{Name: "key", Input: "chat_key", Secret: true},
		{Name: "headers", Input: "chat_headers", Secrets: func(value string) []string { return []string{value} }},
		{Name: "mention", Input: "chat_mention"},
		{Name: config.EventsSetting, Input: "chat_events"},
	}})
	require.NoError(t, err)
	require.Len(t, c.Sinks, 1)
	return c.Sinks
}
