package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DeploymentSpec is a deployment of another program than the tested one. Zero
// fields mean: the environment production, the default branch, the ref's commit, the
// repository's owner, no payload, the task deploy. A state other than "" sets a status.
type DeploymentSpec struct {
	Environment, Ref, SHA, Creator, State string
	Payload                               any
	Task                                  string
}

// Deployment is a deployment as it is now.
type Deployment struct {
	ID                                                int64
	Environment, Ref, SHA, Task, Description, Creator string
	Payload                                           json.RawMessage // as posted
	Production, Transient, AutoMerge                  bool
	RequiredContexts                                  []string // nil when the request had none, which asks for all
	CreatedAt                                         time.Time
	State                                             string   // as GraphQL derives it, such as PENDING, ACTIVE or INACTIVE
	Statuses                                          []Status // newest first
}

// Status is a status of a deployment.
type Status struct {
	ID                                         int64
	State, LogURL, EnvironmentURL, Description string
	Environment                                string // that the deployment moves to, "" for the one where it is
	CreatedAt                                  time.Time
}

type deployment struct {
	id          int64
	environment string
	original    string // the environment that it was made for: a status may move it to another one
	ref         string
	sha         string
	task        string
	description string
	creator     string
	payload     any
	production  bool
	transient   bool
	autoMerge   bool
	contexts    []string
	statuses    []*status // oldest first
	createdAt   time.Time
	updatedAt   time.Time
}

// abandonedAfter is how long a deployment stays pending before GitHub calls it abandoned.
const abandonedAfter = 30 * time.Minute

// Deploy makes a deployment and returns its id.
func (g *GitHub) Deploy(d DeploymentSpec) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	d.Ref = cmp.Or(d.Ref, g.repository.DefaultBranch)
	d.Environment = cmp.Or(d.Environment, "production")
	if d.SHA == "" {
		d.SHA, _ = g.commitAt(d.Ref)
	}
	payload := decode(encode(d.Payload))
	if payload == nil {
		payload = object{}
	}
	added := g.addDeployment(&deployment{
		environment: d.Environment, ref: d.Ref, sha: d.SHA, task: cmp.Or(d.Task, "deploy"),
		creator: cmp.Or(d.Creator, g.repository.Owner), payload: payload, production: sameEnvironment(d.Environment, "production"),
	})
	if d.State != "" {
		g.enter(added, d.State)
	}
	return added.id
}

// JobDeployment makes the deployment that GitHub itself creates for a job which names an
// environment: in progress, by the workflow's own user and without a payload. It returns the
// deployment's id.
func (g *GitHub) JobDeployment(environment, sha string) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	made := g.addDeployment(&deployment{
		environment: environment, ref: g.repository.DefaultBranch, sha: sha, task: "deploy", creator: ActionsLogin,
		payload: "", production: sameEnvironment(environment, "production"),
	})
	g.enter(made, "in_progress")
	return made.id
}

// SetDeploymentState adds a status to a deployment as another program would.
func (g *GitHub) SetDeploymentState(id int64, state string) {
	g.SetDeploymentStatus(id, Status{State: state})
}

// SetDeploymentStatus does the same with a description and a link to a log.
func (g *GitHub) SetDeploymentStatus(id int64, s Status) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.deployment(id); found != nil {
		g.addStatus(found, &status{state: strings.ToLower(s.State), creator: found.creator, description: s.Description, logURL: s.LogURL, environment: s.Environment})
		g.retireOlder(found)
	}
}

// enter adds a status in the name of the deployment's creator.
func (g *GitHub) enter(d *deployment, state string) {
	g.addStatus(d, &status{state: strings.ToLower(state), creator: d.creator})
	g.retireOlder(d)
}

func (g *GitHub) addDeployment(d *deployment) *deployment {
	g.user(d.creator)
	g.createEnvironment(d.environment)
	d.original = d.environment
	d.id, d.createdAt, d.updatedAt = g.ids.nextLarge(), g.now(), g.now()
	g.deployments = append(g.deployments, d)
	return d
}

func (g *GitHub) deployment(id int64) *deployment {
	for _, one := range g.deployments {
		if one.id == id {
			return one
		}
	}
	return nil
}

// Deployments returns the deployments to an environment, or with "" all, newest first.
func (g *GitHub) Deployments(environment string) []Deployment {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Deployment
	for _, one := range g.newestDeployments() {
		if environment == "" || one.isIn(environment) {
			list = append(list, one.public(g.now()))
		}
	}
	return list
}

func (g *GitHub) newestDeployments() []*deployment {
	list := slices.Clone(g.deployments)
	slices.Reverse(list)
	return list
}

func (d *deployment) public(now time.Time) Deployment {
	shown := Deployment{
		ID: d.id, Environment: d.environment, Ref: d.ref, SHA: d.sha, Task: d.task, Description: d.description, Creator: d.creator,
		Payload: encode(d.payload), Production: d.production, Transient: d.transient, AutoMerge: d.autoMerge,
		RequiredContexts: slices.Clone(d.contexts), CreatedAt: d.createdAt, State: d.state(now),
	}
	for _, one := range slices.Backward(d.statuses) {
		shown.Statuses = append(shown.Statuses, Status{
			ID: one.id, State: one.state, LogURL: one.logURL, EnvironmentURL: one.environmentURL,
			Description: one.description, CreatedAt: one.createdAt,
		})
	}
	return shown
}

// state is the deployment's state as GraphQL derives it from its statuses.
func (d *deployment) state(now time.Time) string {
	latest := "pending"
	if last := d.latest(); last != nil {
		latest = last.state
	}
	switch {
	case latest == "success":
		return "ACTIVE"
	case latest == "pending" && now.Sub(d.updatedAt) > abandonedAfter:
		return "ABANDONED"
	}
	return strings.ToUpper(latest)
}

func (d *deployment) latest() *status {
	if len(d.statuses) == 0 {
		return nil
	}
	return d.statuses[len(d.statuses)-1]
}

func (d *deployment) nodeID() string { return nodeID("DE", fmt.Sprint(d.id)) }
