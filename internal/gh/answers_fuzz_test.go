package gh_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// scene is a repository in which a gate says no; without a gate it says yes.
type scene struct {
	gate    string
	arrange func(*sim.GitHub)
	ask     func(*deploy.Request, *config.Config)
}

func scenes() []scene {
	locked := func(l sim.Lock) func(*sim.GitHub) {
		return func(g *sim.GitHub) { _ = g.Lock(l) } // a scene without it says yes, which is found out
	}
	pull := func(change func(*sim.Pull)) func(*sim.GitHub) {
		return func(g *sim.GitHub) { g.EditPull(7, change) }
	}
	return []scene{
		{gate: ""},
		{gate: "draft", arrange: pull(func(p *sim.Pull) { p.Draft = true })},
		{gate: "conflicts", arrange: pull(func(p *sim.Pull) { p.MergeState = "DIRTY" })},
		{gate: "reviews", arrange: func(g *sim.GitHub) { g.RequireReviews(1) }},
		{gate: "checks", arrange: func(g *sim.GitHub) { g.Check(sim.Check{Pull: 7, Name: "test", State: "failure"}) }},
		{gate: "checks", arrange: func(g *sim.GitHub) { g.RequireChecks("test") }, ask: func(_ *deploy.Request, c *config.Config) { c.Checks.Mode = config.RequiredChecks }},
		{gate: "outdated", arrange: func(g *sim.GitHub) {
			g.Push(sim.Commit{Branch: "main", Message: "two", Files: map[string]string{"b": "2"}})
		}},
		{gate: "fork", arrange: func(g *sim.GitHub) {
			g.OpenPull(sim.Pull{Number: 8, Author: "eve", Head: "topic", HeadRepository: "eve/shop"})
		}, ask: func(r *deploy.Request, _ *config.Config) { r.Event.Pull = 8 }},
		{gate: "outdated", arrange: func(g *sim.GitHub) {
			g.Push(sim.Commit{Branch: "main", Message: "two", Files: map[string]string{"b": "2"}})
			g.OpenPull(sim.Pull{Number: 8, Author: "eve", Head: "topic", HeadRepository: "eve/shop"})
			g.Push(sim.Commit{Branch: "main", Message: "three", Files: map[string]string{"b": "3"}})
		}, ask: func(r *deploy.Request, c *config.Config) { r.Event.Pull, c.Origin.Forks = 8, true }},
		{gate: "permission", arrange: func(g *sim.GitHub) { g.AddUser(sim.User{Login: "alice", Permission: "read"}) }},
		{gate: "verification", ask: func(_ *deploy.Request, c *config.Config) { c.Origin.Verification = true }},
		{gate: "order", ask: func(_ *deploy.Request, c *config.Config) { c.Order = []string{"staging", "production"} }},
		{gate: "order", arrange: func(g *sim.GitHub) {
			g.Deploy(sim.DeploymentSpec{Environment: "staging", SHA: g.Head("main"), Ref: "main", Creator: "alice", State: "success", Payload: map[string]string{"type": "branch-deploy"}})
		}, ask: func(_ *deploy.Request, c *config.Config) {
			c.Order, c.OrderScope = []string{"staging", "production"}, config.OwnDeployments
		}},
		{gate: "lock", arrange: locked(sim.Lock{Environment: "production", Owner: "bob", Pull: 7, Reason: "`x`"})},
		{gate: "lock", arrange: locked(sim.Lock{Owner: "bob", Pull: 7})},
		{gate: "commit", ask: func(r *deploy.Request, c *config.Config) {
			r.Command.SHA, c.Origin.ExactCommits = strings.Repeat("0a", 20), true
		}},
	}
}

// played is a scene with the answers that GitHub gives in it.
type played struct {
	scene
	request deploy.Request
	config  config.Config
	needs   deploy.Needs
	answers *script
}

// play reads the facts of a scene once, and keeps what was answered.
func play(t testing.TB, s scene) played {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	github := sim.New(compiled, sim.Repository{})
	github.AddUser(sim.User{Login: "alice", Permission: "write"})
	github.Push(sim.Commit{Branch: "topic", Message: "one", Author: "alice", Files: map[string]string{"a": "1"}})
	github.OpenPull(sim.Pull{Number: 7, Author: "alice", Title: "Title", Head: "topic"})
	p := played{scene: s, answers: &script{next: github.Client().Transport}, request: deploying(), config: strict()}
	if s.arrange != nil {
		s.arrange(github)
	}
	if s.ask != nil {
		s.ask(&p.request, &p.config)
	}
	p.needs = deploy.NeedsFor(p.request, p.config)
	p.needs.Actor = "alice"
	facts, err := unfilled(t, p.answers).Facts(t.Context(), p.needs)
	require.NoError(t, err, s.gate)
	p.answers.next = nil
	decision := deploy.Decide(p.request, p.config, facts)
	if s.gate == "" {
		require.Equal(t, deploy.Proceed, decision.Verdict, "%+v", decision.Blocking())
		return p
	}
	require.NotEmpty(t, decision.Blocking(), s.gate)
	require.Equal(t, s.gate, decision.Blocking()[0].Gate)
	return p
}

func deploying() deploy.Request {
	return deploy.Request{
		Command: command.Command{Kind: command.Deploy, Environment: "production", KnownEnvironment: true},
		Event: event.Event{
			Name: "issue_comment", OnPull: true, Pull: 7, Actor: "alice", Triggering: "alice", Owner: "acme", Repository: "shop",
			Comment: event.Comment{ID: 5, Body: ".deploy", CreatedAt: time.Now().Add(time.Hour), UpdatedAt: time.Now().Add(time.Hour)},
			Run:     event.Run{ID: 42, Attempt: 1, ServerURL: "https://github.com"},
		},
	}
}

func strict() config.Config {
	return config.Config{
		Mode: config.Comment, Environment: "production", Targets: []string{"staging", "production"}, StableBranch: "main",
		Permissions: []string{"write"}, OrderSettings: config.OrderSettings{OrderScope: config.AllDeployments}, SecurityWarnings: true,
		Commands: config.Commands{Deploy: ".deploy", Noop: ".noop", Lock: ".lock", Unlock: ".unlock", LockInfo: ".wcid", Help: ".help", Separator: "|", GlobalFlag: "--global"},
		Locks:    config.Locks{Owner: config.OwnedByUser},
		Checks:   config.Checks{Mode: config.AllChecks, Unseen: config.UnseenPending},
		Outdated: config.Outdated{Update: config.UpdateWarn, Mode: config.OutdatedStrict},
	}
}

func unfilled(t testing.TB, transport http.RoundTripper) *gh.Client {
	t.Helper()
	client, err := gh.New(gh.Options{Token: sim.DefaultToken, Owner: "acme", Repository: "shop", Version: "test", Transport: transport, Now: time.Now})
	require.NoError(t, err)
	return client
}

// script gives the answers that it has seen, with a defect in one of them.
type script struct {
	next http.RoundTripper // answers while the script is written, nil later

	mu     sync.Mutex
	bodies map[string][]byte
	keys   []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := []byte(nil)
	if r.Body != nil {
		asked, _ = io.ReadAll(r.Body) // from memory
	}
	key := r.Method + " " + r.URL.String() + " " + string(asked)
	if s.next != nil {
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(asked))
		response, err := s.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.bodies == nil {
			s.bodies = map[string][]byte{}
		}
		s.bodies[key] = body
		s.keys = slices.Sorted(maps.Keys(s.bodies))
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, err
	}
	body, known := s.bodies[key]
	if !known {
		return answer(http.StatusNotFound, `{"message":"Not Found"}`)(r)
	}
	return answer(http.StatusOK, string(body), "Content-Type", "application/json")(r)
}

// defect is what is wrong with one of the answers.
type defect struct {
	which, at uint16
	how       uint8
	raw       string
}

// defective answers with a defect.
type defective struct {
	*script
	defect
}

func (d defective) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Method + " " + r.URL.String() + " "
	if r.Body != nil {
		asked, _ := io.ReadAll(r.Body) // from memory
		key += string(asked)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(asked))
	}
	response, err := d.script.RoundTrip(r)
	if err != nil || key != d.keys[int(d.which)%len(d.keys)] {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return d.spoil(r, body)
}

// spoil gives an answer that GitHub would not give, or a failure.
func (d defect) spoil(r *http.Request, body []byte) (*http.Response, error) {
	headers := []string{"Link", "<https://api.github.com/x?page=" + d.raw + `>; rel="next"`, "Retry-After", d.raw, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", d.raw}
	switch d.how % 8 {
	case 0:
		return answer(http.StatusOK, d.raw)(r)
	case 1:
		return answer(200+int(d.at)%400, d.raw, headers...)(r)
	case 2:
		return answer(http.StatusOK, string(body[:int(d.at)%len(body)]))(r)
	case 3:
		return answer(http.StatusOK, string(body), headers...)(r)
	case 4:
		return answer(http.StatusOK, strings.TrimSuffix(strings.TrimSpace(string(body)), "}")+`,"errors":[`+d.raw+`]}`)(r)
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return answer(http.StatusOK, "")(r)
	}
	places := placesIn(tree)
	if len(places) == 0 {
		return answer(http.StatusOK, "[]")(r)
	}
	places[int(d.at)%len(places)].spoil(d.how % 8)
	text, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, string(text))(r)
}

// place is where a value is in an answer.
type place struct {
	object map[string]any
	name   string
	list   []any
	index  int
}

// placesIn lists the values of an answer in a fixed order.
func placesIn(value any) []place {
	var all []place
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all = append(append(all, place{object: value, name: name}), placesIn(value[name])...)
		}
	case []any:
		for i, element := range value {
			all = append(append(all, place{list: value, index: i}), placesIn(element)...)
		}
	}
	return all
}

// spoil makes of a value what GitHub would not say: it is gone, null where it never is, or of another type. An
// element of a list is not taken out, since the rest would be a list that GitHub can give.
func (p place) spoil(how uint8) {
	if p.object == nil {
		p.list[p.index] = other(p.list[p.index])
		return
	}
	switch value := p.object[p.name]; {
	case how == 5:
		delete(p.object, p.name)
	case how == 6 && isScalar(value):
		p.object[p.name] = nil
	case p.name == "mergeStateStatus":
		p.object[p.name] = 7 // GitHub invents words for it, none of which means a conflict
	default:
		p.object[p.name] = other(value)
	}
}

func isScalar(value any) bool {
	_, isBool := value.(bool)
	_, isNumber := value.(json.Number)
	return isBool || isNumber
}

// other is a value of another type.
func other(value any) any {
	switch value := value.(type) {
	case nil:
		return 7
	case string:
		if regexp.MustCompile(`^[A-Z_]+$`).MatchString(value) {
			return "NO_SUCH_WORD"
		}
		return map[string]any{"a": value}
	case bool:
		return "true"
	case json.Number:
		return []any{value}
	case map[string]any:
		return []any{}
	}
	return map[string]any{}
}

// No answer of GitHub or of a proxy makes the client panic or wait for ever, no gate that said no says yes,
// and what people are shown of it is harmless.
func FuzzAnswers(f *testing.F) {
	var all []played
	for _, s := range scenes() {
		all = append(all, play(f, s))
	}
	for i, p := range all {
		for _, d := range p.defects() {
			f.Add(uint8(i), d.which, d.at, d.how, d.raw)
		}
	}
	f.Fuzz(func(t *testing.T, scene uint8, which, at uint16, how uint8, raw string) {
		p := all[int(scene)%len(all)]
		synctest.Test(t, func(t *testing.T) {
			p.check(t, defect{which: which, at: at, how: how, raw: raw})
		})
	})
}

// defects are samples of what can be wrong: each kind, somewhere in each answer.
func (p played) defects() []defect {
	const said = `{"message":"@all <b> ` + "`" + `\n::error::x","path":["repository","gates"]}`
	all := []defect{{which: 0, how: 4, raw: "null"}}
	for which, key := range p.answers.keys {
		var tree any
		_ = json.Unmarshal(p.answers.bodies[key], &tree) // what cannot be read has no places
		for at, place := range placesIn(tree) {
			if slices.Contains([]string{"isDraft", "statusCheckRollup", "aheadBy", "lock0", "lock1", "e0"}, place.name) {
				all = append(all, defect{which: uint16(which), at: uint16(at), how: 5})
			}
		}
	}
	for how := range uint8(8) {
		all = append(all, defect{which: uint16(how), at: 40 * uint16(how), how: how, raw: said})
	}
	return all
}

func (p played) check(t *testing.T, d defect) {
	t.Helper()
	began := time.Now()
	facts, err := unfilled(t, defective{script: p.answers, defect: d}).Facts(t.Context(), p.needs)
	assert.Less(t, time.Since(began), 10*time.Minute)
	if err != nil {
		assertShown(t, gh.Explain(err))
		return
	}
	for _, problem := range facts.Unavailable {
		assertShown(t, problem)
	}
	decision := deploy.Decide(p.request, p.config, facts)
	if p.gate != "" {
		assert.NotEqual(t, deploy.Proceed, decision.Verdict, "gate %q lets it pass, with %+v", p.gate, d)
	}
	for _, finding := range decision.Findings {
		assertShown(t, deploy.Problem{Text: finding.Text, Hint: finding.Hint})
	}
}

// assertShown wants words for people that show what comes from outside as code.
func assertShown(t *testing.T, p deploy.Problem) {
	t.Helper()
	plain, problems := markdowntest.Prose(p.Text + " " + p.Hint)
	assert.Empty(t, problems, "%+v", p)
	plain = strings.ReplaceAll(plain, "<https://www.githubstatus.com>", "")
	assert.NotContains(t, strings.TrimSpace(plain), "\n", "%+v", p)
	assert.False(t, strings.ContainsAny(plain, "@<#"), "%+v", p)
	assert.NotContains(t, p.Text+p.Hint, sim.DefaultToken)
}
