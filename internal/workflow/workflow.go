// Package workflow reads what a workflow file says: its triggers, jobs and steps.
//
// It keeps what can be judged without running anything. Expressions stay as they are written: only a
// runner can evaluate them. The format is GitHub's, see its "Workflow syntax for GitHub Actions".
package workflow

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Workflow is one file below .github/workflows.
type Workflow struct {
	Name        string
	Triggers    map[string]Trigger // by event
	Permissions *Permissions       // nil when the file says nothing of them
	Concurrency Concurrency
	Jobs        []Job // in the order of the file
}

// Trigger is how an event starts the workflow.
type Trigger struct {
	Types []string // the activity types, none for GitHub's choice
}

// Job is one job.
type Job struct {
	ID          string
	Name        string
	If          string
	Needs       []string
	RunsOn      []string // labels
	Uses        string   // the reusable workflow that it calls, "" for none
	Environment Environment
	Permissions *Permissions // nil when the job says nothing of them
	Concurrency Concurrency
	Outputs     map[string]string
	With        map[string]string // what it hands to the workflow that it calls
	Secrets     Secrets           // what that workflow gets of the secrets
	Tolerated   bool              // continue-on-error: its failure counts as success
	Matrix      int               // how many jobs its matrix makes: 1 without a matrix, 0 when only a runner knows
	Values      []string          // every text of the job but its outputs, wherever it is
	Steps       []Step
}

// Secrets are what a job hands to the workflow that it calls.
type Secrets struct {
	Inherited bool // all of them
	Names     []string
}

// Environment is where a job deploys to.
type Environment struct {
	Name     string // "" for none
	Deploys  bool   // GitHub surely creates a deployment by itself
	Computed bool   // the name is an expression
}

// Concurrency says what becomes of runs of the same group.
type Concurrency struct {
	Group   string
	Cancels bool // a new run surely cancels the one that is under way
	Queues  bool // more than one run may wait
}

// Permissions are what a workflow or a job grants its token. What a map leaves out is not granted.
type Permissions struct {
	All    string            // "read" or "write" for every scope, "" for a list of scopes
	Scopes map[string]string // read, write or none
}

// Step is one step of a job.
type Step struct {
	ID   string
	Name string
	If   string
	Uses string
	Run  string
	Env  map[string]string
	With map[string]string
	Line int // of the file, from 1
}

// Computed reports whether a value is left to the runner.
func Computed(value string) bool { return strings.Contains(value, "${{") }

// Parse reads a workflow file.
func Parse(text string) (Workflow, error) {
	var document struct {
		Name        string
		On          yaml.Node
		Permissions yaml.Node
		Concurrency yaml.Node
		Jobs        yaml.Node
	}
	var whole yaml.Node
	if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
		return Workflow{}, fmt.Errorf("read workflow: %w", err)
	}
	if err := repeatedKey(&whole); err != nil {
		return Workflow{}, err
	}
	if err := whole.Decode(&document); err != nil {
		return Workflow{}, fmt.Errorf("read workflow: %w", err)
	}
	jobs, err := readJobs(document.Jobs)
	if err != nil {
		return Workflow{}, fmt.Errorf("read workflow: %w", err)
	}
	return Workflow{
		Name: document.Name, Triggers: readTriggers(document.On), Permissions: readPermissions(document.Permissions),
		Concurrency: readConcurrency(document.Concurrency), Jobs: jobs,
	}, nil
}

// RepeatedKeyError is about a key that a mapping has twice. GitHub refuses such a file as a whole.
type RepeatedKeyError struct {
	Key          string
	First, Again int // lines, from 1
}

// Error names the key and its lines.
func (e *RepeatedKeyError) Error() string {
	return fmt.Sprintf("key %q is written twice, in lines %d and %d", e.Key, e.First, e.Again)
}

// repeatedKey finds the first key that is there twice. GitHub tells keys apart without regard to case.
func repeatedKey(node *yaml.Node) error {
	seen := map[string]int{}
	for i, content := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			name := strings.ToLower(content.Value)
			if first, again := seen[name]; again {
				return &RepeatedKeyError{Key: content.Value, First: first, Again: content.Line}
			}
			seen[name] = content.Line
		}
		if err := repeatedKey(content); err != nil {
			return err
		}
	}
	return nil
}

// Job finds a job by its id.
func (w Workflow) Job(id string) (Job, bool) {
	i := slices.IndexFunc(w.Jobs, func(j Job) bool { return j.ID == id })
	if i < 0 {
		return Job{}, false
	}
	return w.Jobs[i], true
}

// Starts reports whether an event starts the workflow.
func (w Workflow) Starts(event string) bool {
	_, starts := w.Triggers[event]
	return starts
}

// After lists the jobs that wait for a job, also through others.
func (w Workflow) After(id string) []Job {
	waiting := map[string][]string{}
	for _, job := range w.Jobs {
		for _, need := range job.Needs {
			waiting[need] = append(waiting[need], job.ID)
		}
	}
	return w.reached(id, waiting)
}

// Before lists the jobs that a job waits for, also through others.
func (w Workflow) Before(id string) []Job {
	needs := map[string][]string{}
	for _, job := range w.Jobs {
		needs[job.ID] = job.Needs
	}
	return w.reached(id, needs)
}

// reached lists the jobs to which steps lead from one, which is not among them.
func (w Workflow) reached(id string, steps map[string][]string) []Job {
	seen, next := map[string]bool{id: true}, []string{id}
	for i := 0; i < len(next); i++ {
		for _, other := range steps[next[i]] {
			if !seen[other] {
				seen[other] = true
				next = append(next, other)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(w.Jobs), func(j Job) bool { return j.ID == id || !seen[j.ID] })
}

// Grants reports whether a scope is granted at a level, read or write.
func (p Permissions) Grants(scope, level string) bool {
	granted := cmp.Or(p.All, p.Scopes[scope])
	return granted == "write" || granted == level
}

// Granted are the permissions of a job's token as far as the file says: those of the job, else those of the
// workflow; nil when neither says anything.
func (w Workflow) Granted(j Job) *Permissions {
	if j.Permissions != nil {
		return j.Permissions
	}
	return w.Permissions
}

// readTriggers reads "on": one event, a list of events, or events with their settings.
func readTriggers(node yaml.Node) map[string]Trigger {
	node = resolved(node)
	triggers := map[string]Trigger{}
	if node.Kind != yaml.MappingNode {
		for _, event := range texts(node) {
			triggers[event] = Trigger{}
		}
		return triggers
	}
	for event, settings := range members(node) {
		var trigger struct{ Types yaml.Node }
		_ = settings.Decode(&trigger) // an event without settings is nothing that can be decoded
		triggers[event] = Trigger{Types: texts(trigger.Types)}
	}
	return triggers
}

// readPermissions reads read-all, write-all, or a mapping of scopes; nil when nothing is said.
func readPermissions(node yaml.Node) *Permissions {
	node = resolved(node)
	switch {
	case node.Kind == 0:
		return nil
	case node.Value == "read-all":
		return &Permissions{All: "read"}
	case node.Value == "write-all":
		return &Permissions{All: "write"}
	}
	granted := &Permissions{Scopes: map[string]string{}}
	_ = node.Decode(&granted.Scopes) // an empty value grants nothing, as {} does
	return granted
}

func readConcurrency(node yaml.Node) Concurrency {
	node = resolved(node)
	var settings struct {
		Group, Queue string
		Cancel       string `yaml:"cancel-in-progress"`
	}
	settings.Group = node.Value
	_ = node.Decode(&settings) // a group alone is no mapping
	return Concurrency{Group: settings.Group, Cancels: isTrue(settings.Cancel), Queues: settings.Queue == "max"}
}

type job struct {
	Name        string
	If          string
	Needs       yaml.Node
	RunsOn      yaml.Node `yaml:"runs-on"`
	Uses        string
	Environment yaml.Node
	Permissions yaml.Node
	Concurrency yaml.Node
	Outputs     yaml.Node
	With        yaml.Node
	Secrets     yaml.Node
	Tolerated   string `yaml:"continue-on-error"`
	Strategy    struct{ Matrix yaml.Node }
	Steps       []yaml.Node
}

func readJobs(node yaml.Node) ([]Job, error) {
	node = resolved(node)
	if node.Kind != yaml.MappingNode {
		return nil, errors.New("there are no jobs")
	}
	var jobs []Job
	for id, content := range members(node) {
		var read job
		if err := content.Decode(&read); err != nil {
			return nil, fmt.Errorf("job %q: %w", id, err)
		}
		steps, err := readSteps(read.Steps)
		if err != nil {
			return nil, fmt.Errorf("job %q: %w", id, err)
		}
		jobs = append(jobs, Job{
			ID: id, Name: read.Name, If: read.If, Needs: texts(read.Needs), RunsOn: labels(read.RunsOn), Uses: read.Uses,
			Environment: readEnvironment(read.Environment), Permissions: readPermissions(read.Permissions),
			Concurrency: readConcurrency(read.Concurrency), Outputs: named(read.Outputs), With: named(read.With), Secrets: readSecrets(read.Secrets),
			Tolerated: isTrue(read.Tolerated), Matrix: combinations(read.Strategy.Matrix), Values: values(content), Steps: steps,
		})
	}
	return jobs, nil
}

// combinations counts the jobs of a matrix. One that is computed, or that leaves some out, only a runner can count.
func combinations(node yaml.Node) int {
	node = resolved(node)
	if node.Kind == 0 {
		return 1
	}
	count, included := 1, 0
	for name, list := range members(node) {
		switch {
		case list.Kind != yaml.SequenceNode || name == "exclude":
			return 0
		case name == "include":
			included = len(list.Content)
		default:
			count *= len(list.Content)
		}
	}
	if included > 0 && len(node.Content) == 2 {
		return included
	}
	if node.Kind != yaml.MappingNode {
		return 0
	}
	return count
}

// values lists every text of a job but its outputs. What an alias repeats is listed where its anchor is.
func values(node yaml.Node) []string {
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}
	}
	var all []string
	for i, content := range node.Content {
		isKey, isOutput := node.Kind == yaml.MappingNode && i%2 == 0, i > 0 && node.Kind == yaml.MappingNode && node.Content[i-1].Value == "outputs"
		if !isKey && !isOutput {
			all = append(all, values(*content)...)
		}
	}
	return all
}

func readSteps(nodes []yaml.Node) ([]Step, error) {
	var steps []Step
	for _, node := range nodes {
		var step struct {
			ID, Name, If, Uses, Run string
			With                    map[string]string
			Env                     yaml.Node
		}
		if err := node.Decode(&step); err != nil {
			return nil, fmt.Errorf("step in line %d: %w", node.Line, err)
		}
		steps = append(steps, Step{
			ID: step.ID, Name: step.Name, If: step.If, Uses: step.Uses, Run: step.Run,
			Env: named(step.Env), With: lowered(step.With), Line: node.Line,
		})
	}
	return steps, nil
}

func lowered(with map[string]string) map[string]string {
	inputs := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		inputs[strings.ToLower(name)] = with[name]
	}
	return inputs
}

// readEnvironment reads a name, alone or with its settings. Unless "deployment" is false, GitHub creates a
// deployment for the job; what an expression comes to is not known.
func readEnvironment(node yaml.Node) Environment {
	node = resolved(node)
	settings := struct{ Name, Deployment string }{Name: node.Value}
	_ = node.Decode(&settings) // a name alone is no mapping
	return Environment{
		Name: settings.Name, Computed: Computed(settings.Name),
		Deploys: settings.Name != "" && (settings.Deployment == "" || isTrue(settings.Deployment)),
	}
}

// labels reads "runs-on": one label, a list, or a group with labels.
func labels(node yaml.Node) []string {
	node = resolved(node)
	if node.Kind != yaml.MappingNode {
		return texts(node)
	}
	var group struct{ Labels yaml.Node }
	_ = node.Decode(&group) // a group without labels
	return texts(group.Labels)
}

func texts(node yaml.Node) []string {
	node = resolved(node)
	if node.Kind == yaml.ScalarNode && node.Value != "" {
		return []string{node.Value}
	}
	var list []string
	_ = node.Decode(&list) // what is no list names nothing
	return list
}

func readSecrets(node yaml.Node) Secrets {
	node = resolved(node)
	return Secrets{Inherited: node.Value == "inherit", Names: slices.Sorted(maps.Keys(named(node)))}
}

// named reads texts by name. An expression in the place of a mapping names nothing.
func named(node yaml.Node) map[string]string {
	var values map[string]string
	_ = node.Decode(&values)
	return values
}

func isTrue(choice string) bool { return strings.EqualFold(bare(choice), "true") }

func resolved(node yaml.Node) yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return *node.Alias
	}
	return node
}

func members(node yaml.Node) func(func(string, yaml.Node) bool) {
	return func(yield func(string, yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, resolved(*node.Content[i+1])) {
				return
			}
		}
	}
}
