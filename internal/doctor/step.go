package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// StepRef is a step of a workflow that uses the action, or a job that calls the action's reusable workflow.
type StepRef struct {
	Place
	Workflow workflow.Workflow
	In       workflow.Job
	Step     workflow.Step
	At       int // the step's place in the job
	Role     Role
	Settings Settings
	Wrong    []string // what is wrong with inputs: values that are not taken
	Unknown  []string // inputs that the action does not have
	Called   bool     // it is a call of the reusable workflow
}

// Role is what a step is there for.
type Role string

// The roles.
const (
	Commands Role = "commands"        // answers comments
	Finishes Role = "finish"          // ends what another job started
	Tracks   Role = "track"           // records states
	Merges   Role = "merge_deploy"    // compares after a merge
	Unlocks  Role = "unlock_on_merge" // frees the locks of a pull request
	Examines Role = "doctor"
	Shows    Role = "status" // shows what runs where
	Reports  Role = "report" // writes a manifest or a report
	Promotes Role = "promote"
	Unclear  Role = "" // only the runner knows
)

type readable struct {
	path string
	workflow.Workflow
}

// Read reads workflow files, and finds every use of the action in them.
func (s *Setup) Read(files []checkup.File) {
	s.Files, s.Uses, s.workflows, s.Unreadable = files, nil, nil, map[string]error{}
	for _, file := range files {
		read, err := workflow.Parse(file.Text)
		if err != nil {
			s.Unreadable[file.Path] = err
			continue
		}
		s.workflows = append(s.workflows, readable{file.Path, read})
		for _, job := range read.Jobs {
			if isCall(s.Names, job.Uses) {
				s.Uses = append(s.Uses, newCall(Place{file.Path, job.ID}, read, job))
			}
			for at, step := range job.Steps {
				if isOurs(s.Names, step.Uses) {
					s.Uses = append(s.Uses, newStepRef(Place{file.Path, job.ID}, read, job, at))
				}
			}
		}
	}
}

// isOurs reports whether a step uses this action: by one of its names, or by its image.
func isOurs(names []string, uses string) bool {
	name, _, _ := strings.Cut(uses, "@")
	if image, isImage := strings.CutPrefix(name, "docker://ghcr.io/"); isImage {
		name, _, _ = strings.Cut(image, ":")
	}
	return slices.ContainsFunc(names, func(ours string) bool { return strings.EqualFold(ours, name) })
}

func newStepRef(at Place, w workflow.Workflow, job workflow.Job, index int) StepRef {
	use := StepRef{Place: at, Workflow: w, In: job, Step: job.Steps[index], At: index}
	given := map[string]string{}
	for name, value := range use.Step.With {
		if workflow.Computed(value) {
			use.Settings.Computed = append(use.Settings.Computed, canonical(name))
		} else {
			given[name] = value
		}
	}
	slices.Sort(use.Settings.Computed)
	use.Settings.Config, use.Wrong = readInputs(given, use.Settings.Computed)
	use.Unknown = unknownInputs(use.Step.With)
	use.Role = role(use.Settings, use.Step.With, w)
	use.Settings.Config = use.Settings.Defaulted()
	return use
}

func canonical(name string) string {
	for _, input := range config.Inputs(track.SinkTypes()...) {
		if slices.Contains(input.Spellings(), name) {
			return input.Name
		}
	}
	return name
}

// readInputs reads inputs as a step would. What is wrong with one that is given is wrong whatever the runner
// works out for others; what is wrong with several together counts only where all are known.
func readInputs(given map[string]string, computed []string) (config.Config, []string) {
	settings, err := config.Read(source(given), track.SinkTypes()...)
	if err == nil || len(computed) == 0 {
		return settings, lines(err)
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		_, alone := config.Read(source(map[string]string{name: given[name]}), track.SinkTypes()...)
		for _, line := range lines(alone) {
			if slices.Contains(lines(err), line) {
				wrong = append(wrong, line)
			}
		}
	}
	return settings, wrong
}

// source answers in place of the runner. The token is there in every job.
func source(given map[string]string) config.Source {
	inputs := config.Defaults(track.SinkTypes()...)
	inputs["github_token"] = "token"
	maps.Copy(inputs, given)
	return config.SourceOf(inputs)
}

func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func unknownInputs(with map[string]string) []string {
	var variables []string
	for name := range with {
		variables = append(variables, "INPUT_"+strings.ToUpper(name))
	}
	slices.Sort(variables)
	var wrong []string
	for _, unknown := range config.Unknown(variables, track.SinkTypes()...) {
		text := fmt.Sprintf("there is no input %q", unknown.Given)
		switch {
		case unknown.Instead != "":
			text += ". " + strings.TrimSuffix(unknown.Instead, ".")
		default:
			text += perhaps(cmp.Or(ofOthers()[unknown.Given], unknown.Nearest))
		}
		wrong = append(wrong, text)
	}
	return wrong
}

// perhaps suggests a name, if there is one.
func perhaps(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(", perhaps %q is meant", name)
}

// ofOthers are inputs of actions that record deployments, each with the one that does the same here.
func ofOthers() map[string]string {
	return map[string]string{
		"token": "github_token", "step": "mode", "env": "environment", "env_url": "environment_urls",
		"environment-url": "environment_urls", "state": "status", "initial-status": "status",
	}
}

// role takes a mode that the runner works out for auto, in a workflow that comments start.
func role(c Settings, with map[string]string, w workflow.Workflow) Role {
	if !c.Knows("mode", "merge_deploy_mode", "unlock_on_merge_mode", "result_mode") && !w.Starts("issue_comment") {
		return Unclear
	}
	byMode := map[config.Mode]Role{
		config.Finish: Finishes, config.TrackIt: Tracks, config.MergeDeploy: Merges, config.UnlockOnMerge: Unlocks,
		config.Doctor: Examines, config.ShowStatus: Shows, config.Comment: Commands,
		config.Manifest: Reports, config.DORA: Reports, config.Promote: Promotes,
	}
	if role, isFixed := byMode[c.Mode]; isFixed {
		return role
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return with[name] != "" })
	}
	answers := w.Starts("issue_comment") || w.Starts("workflow_call")
	if has("version", "event_type", "event-type") || has("product", "product_name", "product-name") && !answers {
		return Tracks
	}
	return Commands
}

// isAsked reports whether a text looks at what became of the step, by its id or by the job that it is in.
func (u StepRef) isAsked(text string) bool {
	return u.Step.ID != "" && workflow.Refers(text, "steps", u.Step.ID) || workflow.Refers(text, "needs", u.Job)
}

func (u StepRef) ownToken() bool {
	token := u.Step.With["github_token"]
	return token == "" || strings.Contains(token, "github.token") || strings.Contains(token, "secrets.GITHUB_TOKEN")
}

func (p Place) where() string { return markdown.Code(p.File) + ", job " + markdown.Code(p.Job) }

func (s Setup) all() []StepRef { return s.Uses }

func (s Setup) answers() []StepRef { return s.having(Commands) }

// starters are the steps that start deployments: by a command, or by promoting.
func (s Setup) starters() []StepRef { return s.having(Commands, Promotes) }

func (s Setup) having(roles ...Role) []StepRef {
	return slices.DeleteFunc(slices.Clone(s.Uses), func(u StepRef) bool { return !slices.Contains(roles, u.Role) })
}

// AnswersHere reports whether the step that examines is the one that otherwise answers commands.
func (s Setup) AnswersHere() bool {
	return slices.ContainsFunc(s.having(Commands), s.isHere) && !slices.ContainsFunc(s.having(Examines), s.isHere)
}

func (s Setup) isHere(u StepRef) bool { return s.Here != Place{} && u.Place == s.Here }
